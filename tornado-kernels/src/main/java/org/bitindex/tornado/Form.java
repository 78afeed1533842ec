package org.bitindex.tornado;

import java.util.List;

/**
 * A size of calls. Arrays go to a device whole, so a call takes the smallest form that holds its
 * samples.
 *
 * @param capacity the most samples of a call
 */
public record Form(int capacity) {
  /** The most samples of which each has work-groups of its own, whose lanes are rows. */
  public static final int FEW_SAMPLES = 16;

  /** All forms. The many lie in multiples of 64 samples, and lanes are samples. */
  static final List<Form> ALL =
      List.of(new Form(1), new Form(FEW_SAMPLES), new Form(64), new Form(256));

  boolean isFew() {
    return capacity <= FEW_SAMPLES;
  }

  String graphName() {
    return "n" + capacity;
  }
}
