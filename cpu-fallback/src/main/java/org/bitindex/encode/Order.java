package org.bitindex.encode;

import org.bitindex.matrix.Weights;

/**
 * The weights of a matrix in ascending order, by value or by magnitude, without sorting them: two
 * passes over the rows count the upper and then the lower half of each weight's key.
 */
enum Order {
  /** By value; -0 comes before +0. */
  VALUE {
    @Override
    int key(float weight) {
      int bits = Float.floatToRawIntBits(weight);
      return bits < 0 ? ~bits : bits | Integer.MIN_VALUE;
    }

    @Override
    float weight(int key) {
      return Float.intBitsToFloat(key < 0 ? key & Integer.MAX_VALUE : ~key);
    }
  },
  /** By absolute value. */
  MAGNITUDE {
    @Override
    int key(float weight) {
      return Float.floatToRawIntBits(weight) & Integer.MAX_VALUE;
    }

    @Override
    float weight(int key) {
      return Float.intBitsToFloat(key);
    }
  };

  private static final int HALF = 16;

  /** An integer whose unsigned order is this order of the finite weights. */
  abstract int key(float weight);

  /** The weight, or the magnitude, of a key. */
  abstract float weight(int key);

  /**
   * One place of the order.
   *
   * @param value the weight, or magnitude, there
   * @param below how many weights, or magnitudes, are less than it
   */
  record Place(float value, long below) {}

  /**
   * The weight at position {@code rank} of the order, from 0.
   *
   * @throws IllegalArgumentException if a weight is not finite, naming row and column
   */
  Place at(Weights weights, long rank) {
    long[] counts = new long[1 << HALF];
    var reader = new RowReader(weights);
    for (int i = 0; i < weights.rows(); i++) {
      for (float weight : reader.read(i)) {
        counts[key(weight) >>> HALF]++;
      }
    }
    long below = 0;
    int upper = 0;
    while (below + counts[upper] <= rank) {
      below += counts[upper++];
    }
    counts = new long[1 << HALF];
    for (int i = 0; i < weights.rows(); i++) {
      for (float weight : reader.read(i)) {
        int key = key(weight);
        if (key >>> HALF == upper) {
          counts[key & 0xffff]++;
        }
      }
    }
    int lower = 0;
    while (below + counts[lower] <= rank) {
      below += counts[lower++];
    }
    return new Place(weight(upper << HALF | lower), below);
  }

  /** The number of weights that is nearest to {@code share} of all. */
  static long countOf(String name, double share, Weights weights) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(name + " is " + share + ", allowed are 0 to 1");
    }
    return Math.round(share * ((double) weights.rows() * weights.columns()));
  }
}
