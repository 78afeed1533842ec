package org.bitindex.encode;

/** The least and the greatest of some weights. */
record Range(float min, float max) {
  /** The range of no weights. */
  static final Range EMPTY = new Range(Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY);

  /** From -limit to limit. */
  static Range within(float limit) {
    return new Range(-limit, limit);
  }

  Range union(Range other) {
    return new Range(Math.min(min, other.min), Math.max(max, other.max));
  }

  /** This range, or zero to zero where there were no weights. */
  Range orZero() {
    return min > max ? new Range(0f, 0f) : this;
  }

  boolean isFinite() {
    return Float.isFinite(min) && Float.isFinite(max);
  }

  float maxMagnitude() {
    return Math.max(Math.abs(min), Math.abs(max));
  }
}
