package org.bitindex.encode;

import org.jspecify.annotations.Nullable;

/**
 * Equally spaced thresholds, so that arithmetic nearly finds the number of thresholds at most w:
 *
 * <pre>position(w) = (w - origin) * inverseStep,   two float operations</pre>
 *
 * <p>Threshold i lies within {@link #TOLERANCE} of position i + 1/2, which {@link #of} checks with
 * the same two operations. Both grow with w, and so does the position. So where position(w) is
 * further than the tolerance from every i + 1/2, it lies on the same side of each threshold's
 * position as w does of the threshold, and the number is position(w) rounded to nearest, within 0
 * to the number of thresholds. Elsewhere comparisons decide.
 *
 * @param origin half a step below the first threshold
 * @param inverseStep 1 over the distance of two thresholds
 */
record UniformGrid(float origin, float inverseStep) {
  private static final float TOLERANCE = 0x1p-11f;

  /** Positions at most this far from an integer are clear. */
  static final float CLEAR_DISTANCE = 0.5f - TOLERANCE;

  /** The grid of at least two thresholds, or null where they are not equally spaced. */
  static @Nullable UniformGrid of(float[] thresholds) {
    int last = thresholds.length - 1;
    double step = ((double) thresholds[last] - thresholds[0]) / last;
    var grid = new UniformGrid((float) (thresholds[0] - step / 2), (float) (1 / step));
    for (int i = 0; i <= last; i++) {
      // Written so that a NaN is not near.
      if (!(Math.abs(grid.position(thresholds[i]) - (i + 0.5f)) < TOLERANCE)) {
        return null;
      }
    }
    return grid;
  }

  private float position(float w) {
    return (w - origin) * inverseStep;
  }
}
