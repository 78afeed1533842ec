package org.bitindex.code;

import java.util.Arrays;

/**
 * The step function of a code: q(w) = lowest + number of thresholds that are at most w.
 *
 * <p>Only comparisons decide, so a weight gets the same q on every device and at every vector
 * width.
 */
public final class Quantizer {
  private final int lowest;
  private final float[] thresholds;

  private Quantizer(int lowest, float[] thresholds) {
    this.lowest = lowest;
    this.thresholds = thresholds;
  }

  /** w above {@code code.threshold()} gives 1, else 0. */
  public static Quantizer binary(Code.Binary code) {
    return new Quantizer(0, new float[] {Math.nextUp(code.threshold())});
  }

  /** w below {@code lower} gives -1, above {@code upper} gives 1, else 0. */
  public static Quantizer ternary(Code.Ternary code) {
    return new Quantizer(-1, new float[] {code.lower(), Math.nextUp(code.upper())});
  }

  /**
   * The paper's affine steps: threshold i is the least float at or above min + i * (max - min) /
   * levels, computed in double; the last is max itself. A constant matrix (min = max) gives q = 0.
   */
  public static Quantizer affine(Code.Affine code, float min, float max) {
    int levels = code.levels();
    float[] thresholds = new float[levels];
    double range = (double) max - min;
    for (int i = 1; i <= levels; i++) {
      thresholds[i - 1] = i == levels ? max : ceil(min + i * range / levels);
    }
    if (range == 0) {
      Arrays.fill(thresholds, Float.POSITIVE_INFINITY);
    }
    return new Quantizer(0, thresholds);
  }

  /**
   * Rounding to the nearest multiple of scale = limit / levels, halves away from zero, saturated:
   * |q| is at least i where |w| is at least (i - 1/2) * scale, computed in double.
   *
   * @param limit the |w| that gets the largest |q|; 0 makes every q zero
   */
  public static Quantizer symmetric(Code.Symmetric code, float limit) {
    int levels = code.levels();
    float[] thresholds = new float[2 * levels];
    for (int i = 1; i <= levels; i++) {
      float magnitude =
          limit == 0 ? Float.POSITIVE_INFINITY : ceil((i - 0.5) * ((double) limit / levels));
      thresholds[levels - i] = Math.nextUp(-magnitude);
      thresholds[levels + i - 1] = magnitude;
    }
    return new Quantizer(-levels, thresholds);
  }

  /** The least float at or above {@code value}. */
  private static float ceil(double value) {
    float rounded = (float) value;
    return rounded < value ? Math.nextUp(rounded) : rounded;
  }

  /** The q of weights below every threshold. */
  public int lowest() {
    return lowest;
  }

  /** The thresholds in ascending order; a copy. */
  public float[] thresholds() {
    return thresholds.clone();
  }

  /** The integer of one finite weight. */
  public int quantize(float weight) {
    int low = 0;
    int high = thresholds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (thresholds[middle] <= weight) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return lowest + low;
  }
}
