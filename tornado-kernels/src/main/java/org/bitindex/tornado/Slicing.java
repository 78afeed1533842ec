package org.bitindex.tornado;

import org.bitindex.tornado.kernel.LookupKernels;

/**
 * How the columns of a layer are cut into slices, so that a small matrix fills a device too. The
 * largest GPUs of today have some 130 multiprocessors, and each hides the latency of its memory by
 * a few work-groups.
 *
 * @param count slices
 * @param words words of a slice
 */
record Slicing(int count, int words) {
  /** Look-ups of few samples. */
  static Slicing ofFew(int workGroups, int words) {
    return of(workGroups, 512, 1, words);
  }

  /** Look-ups of many samples; what a slice costs at its end is worth several groups. */
  static Slicing ofMany(int workGroups, int words) {
    return of(workGroups, 512, 3, words);
  }

  /** Tensor cores: the registers of a multiprocessor hold two work-groups. */
  static Slicing ofTensor(int workGroups, int words) {
    return of(workGroups, 256, 3, words);
  }

  /**
   * As many slices as {@code most} work-groups are of {@code workGroups} a slice.
   *
   * @param least groups of columns of a slice
   * @param words words of a line, whole groups
   */
  private static Slicing of(int workGroups, int most, int least, int words) {
    int groups = words / LookupKernels.GROUP_WORDS;
    int slices = Math.clamp(most / workGroups, 1, Math.ceilDiv(groups, least));
    int sliceWords = Math.ceilDiv(groups, slices) * LookupKernels.GROUP_WORDS;
    return new Slicing(Math.ceilDiv(words, sliceWords), sliceWords);
  }
}
