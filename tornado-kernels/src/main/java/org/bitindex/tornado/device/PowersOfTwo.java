package org.bitindex.tornado.device;

import org.bitindex.tornado.kernel.SampleKernels;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;

/** The table of {@link SampleKernels#SCALES}. */
public final class PowersOfTwo {
  private PowersOfTwo() {}

  public static DoubleArray table() {
    var powers = new DoubleArray(SampleKernels.SCALES);
    for (int i = 0; i < SampleKernels.SCALES; i++) {
      powers.set(i, Math.scalb(1.0, SampleKernels.SCALE_ORIGIN - i));
    }
    powers.set(SampleKernels.NAN_SCALE, Double.NaN);
    return powers;
  }
}
