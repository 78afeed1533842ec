package org.bitindex.backend.vector.product;

import java.util.Arrays;
import org.bitindex.backend.vector.kernel.MultiplyKernel;

/**
 * How the rows of activations of a tile are multiplied by integers, {@link MultiplyKernel#STEP} at
 * a time: a row is a piece of a sample. The same for all rows of weights, so made once for a part.
 */
final class Steps {
  private int groups;
  private int rows;

  /** How far sums are shifted before they join those of other groups, as [step][group][row]. */
  int[] shifts = {};

  /** The largest magnitude in a step's rows, as [step][group]. */
  private int[] largest = {};

  /** Of each step, whether sums over all groups fit an int. */
  private boolean[] fit = {};

  /**
   * Of a tile of samples.
   *
   * @param largestSums of each group, the most that magnitudes of weights add up to
   */
  void set(Activations x, Division division, int first, int samples, int[] largestSums) {
    groups = division.groups();
    rows = samples * division.pieces();
    int count = count();
    if (fit.length < count || largest.length < count * groups) {
      fit = new boolean[count];
      largest = new int[count * groups];
      shifts = new int[count * groups * MultiplyKernel.STEP];
    }
    Arrays.fill(fit, 0, count, true);
    Arrays.fill(largest, 0, count * groups, 0);
    for (int r = 0; r < rows; r++) {
      int n = first + r / division.pieces();
      int step = r / MultiplyKernel.STEP;
      fit[step] &= sumsFit(x, n, largestSums);
      for (int group = 0; group < groups; group++) {
        int at = step * groups + group;
        largest[at] = Math.max(largest[at], x.largestPiece(n, group));
        shifts[at * MultiplyKernel.STEP + r % MultiplyKernel.STEP] = x.furtherShift(n, group);
      }
    }
    for (int step = 0; step < count; step++) {
      if (!fit[step]) {
        int from = shiftsAt(step, 0);
        Arrays.fill(shifts, from, from + groups * MultiplyKernel.STEP, 0);
      }
    }
  }

  /**
   * Whether the sum over groups g of 2^(shift_g - least shift) times the group's sum fits an int,
   * for all rows of weights and pieces of a sample.
   */
  private boolean sumsFit(Activations x, int n, int[] largestSums) {
    long most = 0;
    for (int group = 0; group < groups; group++) {
      int shift = x.furtherShift(n, group);
      if (shift > Short.SIZE) {
        return false;
      }
      most += ((long) x.largestPiece(n, group) * largestSums[group]) << shift;
    }
    return most <= Integer.MAX_VALUE;
  }

  int count() {
    return Math.ceilDiv(rows, MultiplyKernel.STEP);
  }

  /** The first row of a step. */
  int first(int step) {
    return step * MultiplyKernel.STEP;
  }

  /** Behind the last row of a step. */
  int end(int step) {
    return Math.min(rows, first(step + 1));
  }

  boolean fits(int step) {
    return fit[step];
  }

  int largest(int step, int group) {
    return largest[step * groups + group];
  }

  int shiftsAt(int step, int group) {
    return (step * groups + group) * MultiplyKernel.STEP;
  }
}
