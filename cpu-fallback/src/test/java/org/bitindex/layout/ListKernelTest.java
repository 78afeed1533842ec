package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.bitindex.internal.VectorApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ListKernelTest {
  private static final ListKernel SCALAR = new ScalarListKernel();

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void vectorKernelEqualsTheScalarOne(int bits) {
    ListKernel vector = ListKernels.vector(bits);
    var random = new Random(bits);
    for (int wordCount : new int[] {0, 1, 2, 7, 64}) {
      for (int ands = 0; ands < 8; ands++) {
        requireEqual(vector, words(random, wordCount, ands), random.nextInt());
      }
      long[] full = new long[wordCount];
      Arrays.fill(full, -1L);
      requireEqual(vector, full, Integer.MAX_VALUE);
    }
  }

  /** Each AND of random words halves the density. */
  private static long[] words(Random random, int count, int ands) {
    long[] words = random.longs(count).toArray();
    for (int a = 0; a < ands; a++) {
      Arrays.setAll(words, w -> words[w] & random.nextLong());
    }
    return words;
  }

  private static void requireEqual(ListKernel vector, long[] words, int first) {
    int at = 3;
    int room = at + Words.count(words, 0, words.length) + ListKernel.SPARE;
    for (int from = 0; from <= Math.min(1, words.length); from++) {
      int[] expected = new int[room];
      int[] actual = new int[room];
      int end = SCALAR.list(words, from, words.length, first, expected, at);
      assertThat(vector.list(words, from, words.length, first, actual, at)).isEqualTo(end);
      assertThat(Arrays.copyOf(actual, end)).isEqualTo(Arrays.copyOf(expected, end));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {128, 256, 512})
  void vectorKernelNarrowsAsTheScalarOne(int bits) {
    ListKernel vector = ListKernels.vector(bits);
    int[] numbers = new Random(bits).ints(100 + ListKernel.SPARE).toArray();
    for (int count : new int[] {0, 1, 15, 16, 17, 100}) {
      byte[] bytes = new byte[count + ListKernel.SPARE];
      byte[] expectedBytes = bytes.clone();
      vector.narrow(numbers, count, bytes);
      SCALAR.narrow(numbers, count, expectedBytes);
      assertThat(Arrays.copyOf(bytes, count)).isEqualTo(Arrays.copyOf(expectedBytes, count));
      short[] shorts = new short[count + ListKernel.SPARE];
      short[] expectedShorts = shorts.clone();
      vector.narrow(numbers, count, shorts);
      SCALAR.narrow(numbers, count, expectedShorts);
      assertThat(Arrays.copyOf(shorts, count)).isEqualTo(Arrays.copyOf(expectedShorts, count));
    }
  }

  @Test
  void theVectorKernelIsChosenWhereItsInstructionsAre() {
    String expected = VectorApi.preferredBits() < 256 ? "ScalarListKernel" : "VectorListKernel";
    assertThat(ListKernels.best().getClass().getName()).contains(expected);
  }
}
