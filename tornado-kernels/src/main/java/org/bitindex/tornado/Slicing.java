package org.bitindex.tornado;

/**
 * How the columns of a layer are cut into slices, so that a small matrix fills a device too: into
 * as few as give {@link #WORK_GROUPS} work-groups with one sample, or 64.
 *
 * @param stride elements of a slice's sums
 * @param words words of a line
 */
record Slicing(
    int stride, int words, int fewSlices, int fewSliceWords, int manySlices, int manySliceWords) {
  /** About what the largest GPUs of today run at once. */
  private static final int WORK_GROUPS = 128;

  private static final int FEW_LINES = 1024;

  /** Of 64 lines, with 64 samples. */
  private static final int MANY_LINES = 32;

  static Slicing of(DeviceWeights weights, int columns) {
    int words = Math.max(DeviceWeights.GROUP_WORDS, DeviceWeights.words(columns));
    return switch (weights) {
      case DeviceWeights.Lines lines -> {
        int few = sliceWords(Math.ceilDiv(lines.stride(), FEW_LINES), words);
        int many = sliceWords(Math.ceilDiv(lines.stride(), MANY_LINES), words);
        yield new Slicing(
            lines.stride(), words, Math.ceilDiv(words, few), few, Math.ceilDiv(words, many), many);
      }
      case DeviceWeights.Entries _ -> new Slicing(0, words, 1, words, 1, words); // no sums
    };
  }

  /** Words of a slice, so that so many work-groups become as many as a device runs at once. */
  static int sliceWords(int workGroups, int words) {
    int groups = words / DeviceWeights.GROUP_WORDS;
    int slices = Math.clamp(WORK_GROUPS / workGroups, 1, groups);
    return Math.ceilDiv(groups, slices) * DeviceWeights.GROUP_WORDS;
  }
}
