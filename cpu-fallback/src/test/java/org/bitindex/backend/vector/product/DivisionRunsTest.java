package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DivisionRunsTest {
  private static final int TARGET = 5;

  @ParameterizedTest
  @CsvSource({"1, 1, 9", "1, 35, 2", "4, 200, 4", "32, 9, 9", "3, 0, 1"})
  void runsHaveTheLeastShiftAndAreAsLongAsTheirSumsFit(int samples, int groups, int most) {
    int bound = 1 << 15;
    var random = new Random(samples + groups);
    int all = samples * groups;
    int[] sums = random.ints(all, 0, 3).map(i -> (i * 120) << random.nextInt(8)).toArray();
    int[] shifts = random.ints(sums.length, 0, 4).toArray();
    int[] runs = new int[TARGET + groups * (1 + samples)];

    int columns = Arithmetic.GROUP_COLUMNS * groups;
    var division =
        new Division(1, 64, columns, 8, new LookupFormat(16, columns, true, 2), columns, false);
    int count = division.joinGroups(samples, most, bound, sums.clone(), shifts, 0, runs, TARGET);

    int group = 0;
    for (int run = 0; run < count; run++) {
      int at = TARGET + run * (1 + samples);
      int end = run == count - 1 ? groups : runs[at + 1 + samples];
      assertThat(runs[at]).isEqualTo(group);
      assertThat(end - group).isBetween(1, most);
      long largest = 0;
      long larger = 0;
      for (int s = 0; s < samples; s++) {
        int shift = leastShift(sums, shifts, s * groups + group, s * groups + end);
        if (shift < Integer.MAX_VALUE) {
          assertThat(runs[at + 1 + s]).as("run %d, sample %d", run, s).isEqualTo(shift);
        }
        largest = Math.max(largest, sum(sums, shifts, s * groups + group, s * groups + end));
        if (end < groups) {
          larger = Math.max(larger, sum(sums, shifts, s * groups + group, s * groups + end + 1));
        }
      }
      assertThat(largest).isLessThan(bound);
      assertThat(end == groups || end - group == most || larger >= bound)
          .as("run from %d to %d could be longer", group, end)
          .isTrue();
      group = end;
    }
    assertThat(group).isEqualTo(groups);
  }

  private static int leastShift(int[] sums, int[] shifts, int from, int to) {
    int least = Integer.MAX_VALUE;
    for (int i = from; i < to; i++) {
      least = sums[i] == 0 ? least : Math.min(least, shifts[i]);
    }
    return least;
  }

  /** In units of the least shift. */
  private static long sum(int[] sums, int[] shifts, int from, int to) {
    int least = leastShift(sums, shifts, from, to);
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += sums[i] == 0 ? 0 : (long) sums[i] << (shifts[i] - least);
    }
    return sum;
  }
}
