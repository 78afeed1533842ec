package org.bitindex.baseline;

/** Symmetric rounding of some weights that share a scale. */
final class Rounding {
  private Rounding() {}

  /**
   * Rounds to the nearest of the 2 * levels + 1 multiples of the scale.
   *
   * @return the scale, max|w| / levels
   */
  static float round(float[] weights, int count, int levels, byte[] codes, int offset) {
    float max = 0;
    for (int j = 0; j < count; j++) {
      max = Math.max(max, Math.abs(weights[j]));
    }
    float scale = max / levels;
    for (int j = 0; j < count; j++) {
      long code = scale == 0 ? 0 : Math.round((double) weights[j] / scale);
      codes[offset + j] = (byte) Math.clamp(code, -levels, levels);
    }
    return scale;
  }

  /** The weights of {@code count} codes. */
  static void decode(byte[] codes, int from, int count, float scale, float[] target, int offset) {
    for (int j = 0; j < count; j++) {
      target[offset + j] = scale * codes[from + j];
    }
  }
}
