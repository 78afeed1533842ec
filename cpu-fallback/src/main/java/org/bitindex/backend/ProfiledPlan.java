package org.bitindex.backend;

/** A plan that can tell where the time of a call goes, as its device's driver measures it. */
public interface ProfiledPlan {
  /**
   * Times of one call.
   *
   * @param kernelNanos in kernels on the device
   * @param copyInNanos host to device
   * @param copyOutNanos device to host
   */
  record Times(long kernelNanos, long copyInNanos, long copyOutNanos) {}

  /** As {@link Plan#execute(float[], int, float[])}, with the driver's clocks on. */
  Times times(float[] input, int batch, float[] output);
}
