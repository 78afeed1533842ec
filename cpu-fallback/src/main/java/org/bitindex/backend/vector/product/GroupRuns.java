package org.bitindex.backend.vector.product;

/**
 * Runs of neighbouring groups of columns whose sums are taken together: in a run, the integers of
 * each sample are p * 2^d, where d is the least of its groups' shifts, and the sum of |p| stays
 * below a bound. Groups of zeros have any shift.
 */
final class GroupRuns {
  private GroupRuns() {}

  /**
   * Joins as many groups as fit.
   *
   * @param samples samples, whose runs are the same
   * @param groups at least 1
   * @param most the most groups of a run
   * @param bound of the sums; those of one group are below it
   * @param magnitudes sums of the groups' |x| / 2^shift as [sample][group], from {@code from} on;
   *     spoilt
   * @param shifts zeros at the end of their integers, likewise
   * @param runs receives [run][first group, d of each sample], from {@code target} on
   * @return the number of runs
   */
  static int join(
      int samples,
      int groups,
      int most,
      int bound,
      int[] magnitudes,
      int[] shifts,
      int from,
      int[] runs,
      int target) {
    int size = 1 + samples;
    int at = target - size;
    for (int group = 0; group < groups; group++) {
      boolean fits = group > 0 && group - runs[at] < most;
      for (int s = 0; fits && s < samples; s++) {
        fits = joined(magnitudes, shifts, from + s * groups + group, runs[at + 1 + s]) < bound;
      }
      if (!fits) {
        at += size;
        runs[at] = group;
      }
      for (int s = 0; s < samples; s++) {
        int own = from + s * groups + group;
        int shift = runs[at + 1 + s];
        runs[at + 1 + s] = fits ? least(magnitudes, shifts, own, shift) : shifts[own];
        magnitudes[own] = fits ? (int) joined(magnitudes, shifts, own, shift) : magnitudes[own];
      }
    }
    return (at + size - target) / size;
  }

  /**
   * The sum of the run before a group, in units of 2^shift, and of the group, in the lesser unit.
   */
  private static long joined(int[] magnitudes, int[] shifts, int own, int shift) {
    int least = least(magnitudes, shifts, own, shift);
    return ((long) magnitudes[own - 1] << (shift - least))
        + ((long) magnitudes[own] << (shifts[own] - least));
  }

  /** The lesser shift of those that are not of zeros. */
  private static int least(int[] magnitudes, int[] shifts, int own, int shift) {
    if (magnitudes[own - 1] == 0) {
      return shifts[own];
    }
    return magnitudes[own] == 0 ? shift : Math.min(shift, shifts[own]);
  }
}
