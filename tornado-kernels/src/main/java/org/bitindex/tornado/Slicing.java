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
  private static final int WORK_GROUPS = 512;

  /**
   * As few slices as make {@link #WORK_GROUPS} work-groups of {@code workGroups} a slice.
   *
   * @param words words of a line, whole groups
   */
  static Slicing of(int workGroups, int words) {
    int groups = words / DeviceWeights.GROUP_WORDS;
    int slices = Math.clamp(WORK_GROUPS / workGroups, 1, groups);
    int sliceWords = Math.ceilDiv(groups, slices) * DeviceWeights.GROUP_WORDS;
    return new Slicing(Math.ceilDiv(words, sliceWords), sliceWords);
  }
}
