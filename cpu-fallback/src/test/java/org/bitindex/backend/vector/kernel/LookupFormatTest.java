package org.bitindex.backend.vector.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LookupFormatTest {
  private static final int TARGET = 5;

  @ParameterizedTest
  @CsvSource({"32, 1, 1", "32, 2, 100", "16, 2, 4098", "8, 4, 4098", "32, 4, 20000"})
  void runsOfWordsAreAsLongAsTheirSumsFit(int lanes, int sets, int columns) {
    var format = new LookupFormat(lanes, columns, false, 2);
    int words = format.words();
    int[] sums = magnitudes(sets * words);
    int[] runs = new int[TARGET + 3 * format.runInts()];

    int count = format.joinWords(sets, sums.clone(), 0, runs, TARGET);

    assertThat(runs[TARGET]).isZero();
    assertThat(runs[TARGET + count * (1 + sets)]).isEqualTo(words);
    for (int run = 0; run < count; run++) {
      int first = runs[TARGET + run * (1 + sets)];
      int end = runs[TARGET + (run + 1) * (1 + sets)];
      assertThat(largest(sums, sets, words, first, end)).isLessThan(format.bound());
      assertThat(
              end == words
                  || end - first == format.blockWords(sets)
                  || largest(sums, sets, words, first, end + 1) >= format.bound())
          .as("run from %d to %d could be longer", first, end)
          .isTrue();
    }
  }

  private static long largest(int[] sums, int sets, int words, int first, int end) {
    long largest = 0;
    for (int set = 0; set < sets; set++) {
      long sum = 0;
      for (int word = first; word < end; word++) {
        sum += sums[set * words + word];
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  /** Of words, of all sizes, and zeros. */
  private static int[] magnitudes(int count) {
    var random = new Random(1);
    return random
        .ints(count, 0, 5)
        .map(kind -> kind == 0 ? 0 : random.nextInt(61_440 >> (4 * (kind - 1))))
        .toArray();
  }
}
