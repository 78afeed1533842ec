package org.bitindex.backend;

/** The function after a layer; exact, so it gives the same bits everywhere. */
public enum Activation {
  /** y. */
  NONE,
  /** +0 where y is at most 0, else y; NaN stays NaN. */
  RELU;

  /** The function's value. */
  public float apply(float y) {
    return this == RELU && y <= 0 ? 0f : y;
  }
}
