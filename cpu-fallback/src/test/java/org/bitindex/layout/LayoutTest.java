package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LayoutTest {
  private static final int[] ONE = {1};

  static Stream<Layout> layouts() {
    return Stream.of(
        new Layout.Flat(),
        new Layout.Blocked(),
        new Layout.Blocked(64),
        new Layout.Blocked(4096),
        new Layout.Adaptive(),
        new Layout.Adaptive(1),
        new Layout.Adaptive(3));
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void readsBackEveryRowOfEveryDensityAndWidth(Layout layout) throws Exception {
    var random = new Random(7);
    int[] widths = {0, 1, 7, 63, 64, 65, 255, 256, 257, 1000, 5000};
    double[] densities = {0, 0.001, 0.01, 0.05, 0.2, 0.5, 0.9, 1};
    for (int columns : widths) {
      for (double density : densities) {
        try (Arena arena = Arena.ofShared()) {
          requireReadsBack(layout, random(random, 5, columns, density, arena), arena);
        }
      }
    }
  }

  /** Rows that are dense up to some column and empty after it, so streams end at every bit. */
  @ParameterizedTest
  @MethodSource("layouts")
  void readsBackARowWhoseSetBitsEndAnywhere(Layout layout) throws Exception {
    var random = new Random(8);
    for (int last = 1; last <= 128; last++) {
      for (double density : new double[] {0.2, 0.4, 0.6, 0.8}) {
        try (Arena arena = Arena.ofShared()) {
          var bits = new BitMatrix(1, 200, arena);
          long[] words =
              Arrays.copyOf(words(random, last, density), BitMatrix.wordsPerRow(bits.columns()));
          Words.set(words, last);
          bits.writeRow(0, words);
          requireReadsBack(layout, bits, arena);
        }
      }
    }
  }

  private static void requireReadsBack(Layout layout, BitMatrix bits, Arena arena)
      throws EncodedFormatException {
    StoredPlanes stored = layout.store(ONE, List.of(bits), arena, 2);
    stored.verify();
    Map<String, StoredArray> arrays =
        stored.arrays().stream().collect(Collectors.toMap(StoredArray::name, Function.identity()));
    StoredPlanes opened =
        stored.layout().open(bits.rows(), bits.columns(), ONE, List.of(stored.setBits()), arrays);
    opened.verify();
    assertSameRows(opened, bits);
  }

  private static void assertSameRows(StoredPlanes plane, BitMatrix bits) {
    int wordCount = BitMatrix.wordsPerRow(bits.columns());
    long[] expected = new long[wordCount];
    long[][] actual = new long[1][wordCount];
    PlaneReader reader = plane.reader();
    long count = 0;
    for (int row = 0; row < bits.rows(); row++) {
      bits.readRow(row, expected);
      reader.readRow(row, actual);
      assertThat(actual[0]).as("%s row %d", plane.layout(), row).isEqualTo(expected);
      count += Words.count(expected, 0, wordCount);
    }
    assertThat(plane.setBits()).isEqualTo(count);
  }

  @Test
  void aWeightWithBitsOfBothSignsIsFound() {
    try (Arena arena = Arena.ofShared()) {
      BitMatrix positive = random(new Random(1), 3, 100, 0, arena);
      BitMatrix negative = random(new Random(1), 3, 100, 0, arena);
      positive.writeRow(1, new long[] {0, 3});
      negative.writeRow(1, new long[] {0, 6});
      List<BitMatrix> both = List.of(positive, negative);
      StoredPlanes stored = new Layout.Flat().store(new int[] {1, -1}, both, arena, 1);
      assertThatThrownBy(stored::verify)
          .isInstanceOf(EncodedFormatException.class)
          .hasMessage("row 1, column 65 has bits in planes of both signs");
    }
  }

  @Test
  void theFirstPlanesReadAsTheyDidAmongAll() {
    try (Arena arena = Arena.ofShared()) {
      List<BitMatrix> bits = new ArrayList<>();
      for (int p = 0; p < 3; p++) {
        bits.add(random(new Random(p), 2, 130, 0.3, arena));
      }
      StoredPlanes all = new Layout.Blocked(64).store(new int[] {4, 2, 1}, bits, arena, 2);
      StoredPlanes first = all.first(2);
      assertThat(first.count()).isEqualTo(2);
      assertThat(first.arrays()).isEqualTo(all.arrays().subList(0, 4));
      assertThat(first.setBits()).isEqualTo(all.setBits(0) + all.setBits(1));
      long[][] words = new long[2][3];
      first.reader().readRow(1, words);
      for (int p = 0; p < 2; p++) {
        long[] expected = new long[3];
        bits.get(p).readRow(1, expected);
        assertThat(words[p]).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layouts")
  void readsBackAGapManyTimesTheUsualOne(Layout layout) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      var bits = new BitMatrix(1, 16384, arena);
      long[] words = new long[BitMatrix.wordsPerRow(bits.columns())];
      for (int j = 0; j < 600; j += 2) {
        Words.set(words, j);
      }
      Words.set(words, bits.columns() - 1);
      bits.writeRow(0, words);
      StoredPlanes plane = layout.store(ONE, List.of(bits), arena, 1);
      plane.verify();
      assertSameRows(plane, bits);
    }
  }

  private static BitMatrix random(
      Random random, int rows, int columns, double density, Arena arena) {
    var bits = new BitMatrix(rows, columns, arena);
    for (int row = 0; row < rows; row++) {
      bits.writeRow(row, words(random, columns, density));
    }
    return bits;
  }

  private static long[] words(Random random, int columns, double density) {
    long[] words = new long[BitMatrix.wordsPerRow(columns)];
    for (int j = 0; j < columns; j++) {
      if (random.nextDouble() < density) {
        Words.set(words, j);
      }
    }
    return words;
  }

  @Test
  void indicesOfBlocksOfUpTo256ColumnsTakeAByte() {
    try (Arena arena = Arena.ofShared()) {
      var bits = List.of(new BitMatrix(1, 1000, arena));
      for (int columns : new int[] {64, 256, 320, 65536}) {
        StoredArray indices =
            new Layout.Blocked(columns).store(ONE, bits, arena, 1).arrays().getLast();
        assertThat(indices.type()).isEqualTo(columns <= 256 ? ElementType.U8 : ElementType.U16);
      }
    }
  }
}
