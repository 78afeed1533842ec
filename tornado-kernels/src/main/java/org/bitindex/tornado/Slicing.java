package org.bitindex.tornado;

/**
 * How the columns of a layer are cut into slices, so that a small matrix fills a device too.
 *
 * @param count slices
 * @param words words of a slice
 */
record Slicing(int count, int words) {
  /**
   * The largest GPUs of today hold some 130 multiprocessors, and each hides the latency of its
   * memory by a few work-groups.
   */
  static final int LOOKUP_GROUPS = 512;

  /** On tensor cores, of which the registers of a multiprocessor hold two. */
  static final int TENSOR_GROUPS = 256;

  /**
   * As many slices as {@code most} work-groups are of {@code workGroups} a slice.
   *
   * @param words words of a line, whole groups
   */
  static Slicing of(int workGroups, int most, int words) {
    int groups = words / DeviceWeights.GROUP_WORDS;
    int slices = Math.clamp(most / workGroups, 1, groups);
    int sliceWords = Math.ceilDiv(groups, slices) * DeviceWeights.GROUP_WORDS;
    return new Slicing(Math.ceilDiv(words, sliceWords), sliceWords);
  }
}
