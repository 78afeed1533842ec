package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;

class EmbeddedPlanesTest {
  private static final List<int[]> CODES =
      List.of(
          new int[] {1},
          new int[] {1, -1},
          new int[] {4, 2, 1},
          new int[] {2, -2, 1, -1},
          IntStream.range(0, 8).map(p -> 128 >> p).toArray(),
          IntStream.range(0, 22).map(p -> (p % 2 == 0 ? 1 : -1) << (10 - p / 2)).toArray());

  /** Planes of densities from nothing to all, in which no weight has both signs. */
  private static List<BitMatrix> planes(Random random, int[] code, int rows, int columns, Arena a) {
    boolean signed = code[code.length - 1] < 0;
    List<BitMatrix> planes = new ArrayList<>();
    int words = BitMatrix.wordsPerRow(columns);
    long[][] negative = new long[rows][];
    for (int i = 0; i < rows; i++) {
      negative[i] = random.longs(words).toArray();
    }
    for (int coefficient : code) {
      var plane = new BitMatrix(rows, columns, a);
      double density = new double[] {0, 0.001, 0.02, 0.1, 0.4, 0.5, 0.8, 1}[random.nextInt(8)];
      for (int i = 0; i < rows; i++) {
        long[] row = new long[words];
        for (int j = 0; j < columns; j++) {
          boolean minus = signed && (negative[i][j >>> 6] >>> j & 1) != 0;
          if (minus == coefficient < 0 && random.nextDouble() < density) {
            Words.set(row, j);
          }
        }
        plane.writeRow(i, row);
      }
      planes.add(plane);
    }
    return planes;
  }

  private static void requireRows(StoredPlanes stored, List<BitMatrix> bits, int... rows) {
    int words = BitMatrix.wordsPerRow(stored.columns());
    long[][] actual = new long[stored.count()][words];
    long[] expected = new long[words];
    PlaneReader reader = stored.reader();
    for (int row : rows) {
      reader.readRow(row, actual);
      for (int p = 0; p < actual.length; p++) {
        bits.get(p).readRow(row, expected);
        assertThat(actual[p]).as("plane %d, row %d", p, row).isEqualTo(expected);
      }
    }
  }

  private static StoredPlanes reopened(StoredPlanes stored, int[] code)
      throws EncodedFormatException {
    Map<String, StoredArray> arrays =
        stored.arrays().stream().collect(Collectors.toMap(StoredArray::name, Function.identity()));
    List<Long> setBits = IntStream.range(0, code.length).mapToObj(stored::setBits).toList();
    return stored.layout().open(stored.rows(), stored.columns(), code, setBits, arrays);
  }

  @Test
  void everyCodeReadsBackInAnyOrderOfRowsAndAnyNumberOfPlanes() throws EncodedFormatException {
    var random = new Random(5);
    for (int[] code : CODES) {
      for (int columns : new int[] {1, 31, 64, 65, 130, 700}) {
        for (int blockRows : new int[] {0, 1, 4}) {
          try (Arena arena = Arena.ofShared()) {
            List<BitMatrix> bits = planes(random, code, 9, columns, arena);
            StoredPlanes stored = new Layout.Adaptive(blockRows).store(code, bits, arena, 2);
            StoredPlanes opened = reopened(stored, code);
            opened.verify();
            requireRows(opened, bits, 0, 1, 2, 3, 4, 5, 6, 7, 8, 3, 8, 0);
            for (int count = 1; count <= code.length; count++) {
              requireRows(opened.first(count), bits, 8, 0, 5);
            }
          }
        }
      }
    }
  }

  /** Fewer planes are what a file of them alone would be. */
  @Test
  void theFirstPlanesNeedNothingOfTheOthers() {
    int[] code = {4, -4, 2, -2, 1, -1};
    try (Arena arena = Arena.ofShared()) {
      List<BitMatrix> bits = planes(new Random(1), code, 20, 100, arena);
      StoredPlanes stored = new Layout.Adaptive(7).store(code, bits, arena, 1);
      assertThat(stored.arrays())
          .extracting(StoredArray::name)
          .containsExactly("plane0", "plane1", "plane2");
      stored.arrays().get(2).data().fill((byte) -1);
      assertThat(stored.first(4).arrays()).isEqualTo(stored.arrays().subList(0, 2));
      requireRows(stored.first(4), bits, 0, 19);
    }
  }

  @Test
  void whatIsStoredDoesNotDependOnThreads() {
    int[] code = {8, 4, 2, 1};
    try (Arena arena = Arena.ofShared()) {
      List<BitMatrix> bits = planes(new Random(2), code, 37, 90, arena);
      StoredPlanes one = new Layout.Adaptive(3).store(code, bits, arena, 1);
      StoredPlanes many = new Layout.Adaptive(3).store(code, bits, arena, 5);
      for (int p = 0; p < 4; p++) {
        MemorySegment data = one.arrays().get(p).data();
        assertThat(data.mismatch(many.arrays().get(p).data())).isEqualTo(-1);
      }
    }
  }

  @Test
  void blocksAreChosenByWhatTheyTake() {
    int[] code = {1};
    try (Arena arena = Arena.ofShared()) {
      var dense = new BitMatrix(4096, 64, arena);
      var random = new Random(3);
      for (int i = 0; i < 4096; i++) {
        dense.writeRow(i, new long[] {random.nextLong()});
      }
      assertThat(new Layout.Adaptive().store(code, List.of(dense), arena, 1).layout())
          .isEqualTo(new Layout.Adaptive(2048));
      var empty = new BitMatrix(4096, 64, arena);
      assertThat(new Layout.Adaptive().store(code, List.of(empty), arena, 1).layout())
          .isEqualTo(new Layout.Adaptive(4096));
      var longer = new BitMatrix(20_000, 64, arena);
      assertThat(new Layout.Adaptive().store(code, List.of(longer), arena, 1).layout())
          .isEqualTo(new Layout.Adaptive((1 << 20) / 64));
    }
  }

  private static StoredPlanes open(
      int blockRows, int rows, int columns, int[] code, long[] setBits, byte[]... planes)
      throws EncodedFormatException {
    List<StoredArray> arrays = new ArrayList<>();
    for (int p = 0; p < planes.length; p++) {
      arrays.add(new StoredArray("plane" + p, ElementType.U8, MemorySegment.ofArray(planes[p])));
    }
    return new Layout.Adaptive(blockRows)
        .open(
            rows,
            columns,
            code,
            java.util.Arrays.stream(setBits).boxed().toList(),
            arrays.stream().collect(Collectors.toMap(StoredArray::name, Function.identity())));
  }

  private static byte[] stream(Consumer<BitWriter> content) {
    var writer = new BitWriter();
    content.accept(writer);
    return writer.toBytes();
  }

  /** A plane without classes of their own, whose string has this form. */
  private static byte[] plane(int form, long bits, int count) {
    return stream(writer -> {
      writer.put(0, 1);
      writer.put(form, 6);
      writer.put(bits, count);
    });
  }

  private static void requireError(StoredPlanes planes, String message) {
    assertThatThrownBy(planes::verify)
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(message);
  }

  @Test
  void theExamplesOfTheDocument() throws EncodedFormatException {
    assertThat(plane(16, 0b10010001, 8)).containsExactly(0xa0, 0x48);
    StoredPlanes plain = open(1, 1, 8, new int[] {1}, new long[] {3}, plane(16, 0b10010001, 8));
    plain.verify();
    long[][] words = new long[1][1];
    plain.reader().readRow(0, words);
    assertThat(words[0][0]).isEqualTo(0b10010001);
    // k = 2, columns 5 and 9 of 12, and 12: gaps 5, 3 and 2.
    long gaps = 0b100_110_0101;
    assertThat(plane(17, gaps, 10)).containsExactly(0xa2, 0x32, 0x01);
    StoredPlanes coded = open(1, 1, 12, new int[] {1}, new long[] {2}, plane(17, gaps, 10));
    coded.verify();
    coded.reader().readRow(0, words);
    assertThat(words[0][0]).isEqualTo(1 << 5 | 1 << 9);
  }

  @Test
  void everyRuleOfAStreamIsChecked() throws EncodedFormatException {
    int[] one = {1};
    open(1, 1, 8, one, new long[] {8}, plane(32, 0, 0)).verify();
    requireError(
        open(1, 1, 8, one, new long[] {7}, plane(32, 0, 0)),
        "plane 0 holds 8 set bits, declared are 7");
    requireError(
        open(1, 1, 16, one, new long[] {2}, plane(16, 0b10001, 5)),
        "plane0: block 0: runs past its end");
    requireError(
        open(1, 1, 100_000, one, new long[] {3}, plane(16, 1, 5)),
        "plane0: block 0: runs past its end");
    requireError(
        open(1, 1, 8, one, new long[] {0}, plane(0, 0, 13)),
        "plane0: block 0: ends at bit 7 of 24, expected zeros that fill its last byte");
    requireError(
        open(1, 1, 8, one, new long[] {0}, plane(0, 1, 1)),
        "plane0: block 0: ends at bit 7 of 8, expected zeros that fill its last byte");
    requireError(
        open(1, 1, 3, one, new long[] {1}, plane(17, 0b0001, 4)),
        "plane0: block 0: gaps of a string of 3 bits end at bit 4");
  }

  @Test
  void bitsBehindAStringAreFound() throws EncodedFormatException {
    DensityCode code = DensityCode.of(8);
    for (int symbol : new int[] {0b00000111, 0b00001111}) {
      byte[] plane = plane(8, code.code(symbol), code.length(symbol));
      StoredPlanes planes = open(1, 1, 3, new int[] {1}, new long[] {3}, plane);
      if (symbol == 0b00000111) {
        planes.verify();
      } else {
        requireError(planes, "plane0: block 0: a string of 3 bits has bits behind its end");
      }
    }
  }

  @Test
  void classesAscend() throws EncodedFormatException {
    byte[] first = plane(16, 0b0101, 4);
    for (int[] classes : new int[][] {{0, 1}, {1, 1}, {1, 0}}) {
      byte[] second =
          stream(writer -> {
            writer.put(1, 1);
            writer.put(2, 5);
            for (int prefix : classes) {
              writer.put(prefix, 1);
              writer.put(32, 6);
            }
          });
      StoredPlanes planes = open(1, 1, 4, new int[] {2, 1}, new long[] {2, 4}, first, second);
      if (classes[0] < classes[1]) {
        planes.verify();
      } else {
        requireError(
            planes, "plane1: block 0: class %d follows class %d".formatted(classes[1], classes[0]));
        assertThatThrownBy(() -> planes.reader().readRow(0, new long[2][1]))
            .isInstanceOf(UncheckedIOException.class);
      }
    }
  }

  @Test
  void sizesOfBlocksFitWhatIsStored() throws EncodedFormatException {
    int[] one = {1};
    byte[] two = {1, 0, 0, 0, 64, 64};
    open(1, 2, 8, one, new long[] {16}, two).verify();
    two[0] = 3;
    requireError(
        open(1, 2, 8, one, new long[] {0}, two), "plane0 has 6 bytes, its last block begins at 7");
    assertThatThrownBy(() -> open(1, 3, 8, one, new long[] {0}, new byte[7]))
        .hasMessage("plane0 has 7 bytes, the sizes of its 3 blocks alone take 8");
    assertThatThrownBy(() -> open(0, 3, 8, one, new long[] {0}, new byte[8]))
        .hasMessage("block_rows is 0, expected at least 1");
    assertThatThrownBy(() -> open(1, 3, 8, new int[] {2, 1}, new long[] {0, 0}, new byte[8]))
        .hasMessage("array plane1 is missing");
  }

  /** Two blocks are read side by side, whose strings have other forms and whose classes differ. */
  @Test
  void neighboursMayBeAnything() throws EncodedFormatException {
    var random = new Random(6);
    double[] densities = {0, 0.004, 0.1, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7, 1};
    for (int[] code : CODES) {
      for (int columns : new int[] {9, 64, 203, 512}) {
        int rows = 8 * 24 + 3;
        try (Arena arena = Arena.ofShared()) {
          boolean signed = code[code.length - 1] < 0;
          List<BitMatrix> bits = new ArrayList<>();
          for (int p = 0; p < code.length; p++) {
            bits.add(new BitMatrix(rows, columns, arena));
          }
          long[][] row = new long[code.length][BitMatrix.wordsPerRow(columns)];
          double[] density = new double[code.length];
          for (int i = 0; i < rows; i++) {
            for (int p = 0; p < row.length; p++) {
              density[p] = i % 8 == 0 ? densities[random.nextInt(densities.length)] : density[p];
              java.util.Arrays.fill(row[p], 0);
            }
            for (int j = 0; j < columns; j++) {
              int sign = signed ? random.nextInt(2) : 0;
              double before = 1;
              for (int p = sign; p < row.length; p += signed ? 2 : 1) {
                boolean set = random.nextDouble() < density[p] * before;
                before = set ? 0.5 : before; // so that bits depend on those before
                if (set) {
                  Words.set(row[p], j);
                }
              }
            }
            for (int p = 0; p < row.length; p++) {
              bits.get(p).writeRow(i, row[p]);
            }
          }
          StoredPlanes stored = new Layout.Adaptive(8).store(code, bits, arena, 1);
          stored.verify();
          requireRows(stored, bits, IntStream.range(0, rows).toArray());
          requireRows(stored, bits, IntStream.range(8, rows).toArray());
        }
      }
    }
  }

  @Test
  void aBlockIsReadWhateverTheNextOneHolds() throws EncodedFormatException {
    byte[] good = plane(16, 0b1001, 4);
    byte[] bad = plane(16, 0b10001, 5);
    byte[] both = {(byte) good.length, 0, 0, 0, good[0], good[1], bad[0], bad[1]};
    StoredPlanes planes = open(1, 2, 4, new int[] {1}, new long[] {4}, both);
    requireError(
        planes, "plane0: block 1: ends at bit 11 of 16, expected zeros that fill its last byte");
    PlaneReader reader = planes.reader();
    long[][] words = new long[1][1];
    reader.readRow(0, words);
    assertThat(words[0][0]).isEqualTo(0b1001);
    assertThatThrownBy(() -> reader.readRow(1, words)).isInstanceOf(UncheckedIOException.class);
    reader.readRow(0, words);
    assertThat(words[0][0]).isEqualTo(0b1001);
  }

  @Test
  void rowsOutsideAreRefused() throws EncodedFormatException {
    PlaneReader reader = open(1, 1, 8, new int[] {1}, new long[] {8}, plane(32, 0, 0)).reader();
    for (int row : new int[] {-1, 1}) {
      assertThatThrownBy(() -> reader.readRow(row, new long[1][1]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void blockRowsAreNotNegative() {
    assertThatThrownBy(() -> new Layout.Adaptive(-1))
        .hasMessage("blockRows is -1, must not be negative");
  }
}
