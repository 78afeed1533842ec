package org.bitindex.tornado.device;

import java.util.List;

/**
 * A size of calls. Arrays go to a device whole, so a call takes the smallest size that holds its
 * samples.
 *
 * @param capacity the most samples of a call
 */
public record CallSize(int capacity) {
  /** The most samples of which each has work-groups of its own, whose lanes are rows. */
  public static final int FEW_SAMPLES = 16;

  /** All sizes. The many lie in multiples of 64 samples, and lanes are samples. */
  public static final List<CallSize> ALL =
      List.of(new CallSize(1), new CallSize(FEW_SAMPLES), new CallSize(64), new CallSize(256));

  public boolean isFew() {
    return capacity <= FEW_SAMPLES;
  }

  public String graphName() {
    return "n" + capacity;
  }
}
