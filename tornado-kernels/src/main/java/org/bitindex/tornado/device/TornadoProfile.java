package org.bitindex.tornado.device;

import org.bitindex.backend.ProfiledPlan;
import uk.ac.manchester.tornado.api.TornadoProfilerResult;

/**
 * Where the time of calls went, as the device's driver measured it, but for the copy of outputs,
 * which the host does.
 *
 * @param kernelNanos in kernels; above 0 only if they ran on the device
 * @param copyInNanos host to device
 * @param copyOutNanos device to host
 * @param compileNanos from bytecode to device code; 0 unless a graph ran for the first time
 * @param totalNanos end to end, as the host saw it
 * @param bytesIn host to device
 * @param bytesOut device to host
 */
public record TornadoProfile(
    long kernelNanos,
    long copyInNanos,
    long copyOutNanos,
    long compileNanos,
    long totalNanos,
    long bytesIn,
    long bytesOut) {
  static final TornadoProfile NONE = new TornadoProfile(0, 0, 0, 0, 0, 0, 0);

  /** What the driver's clocks say of a run, without outputs that are copied under demand. */
  static TornadoProfile of(TornadoProfilerResult result) {
    return new TornadoProfile(
        result.getDeviceKernelTime(),
        result.getDeviceWriteTime(),
        result.getDeviceReadTime(),
        result.getCompileTime(),
        0,
        result.getTotalBytesCopyIn(),
        result.getTotalBytesCopyOut());
  }

  /** What the host's clock says of a run and of copying its outputs. */
  static TornadoProfile ofOutputs(long totalNanos, long copyOutNanos, long bytesOut) {
    return new TornadoProfile(0, 0, copyOutNanos, 0, totalNanos, 0, bytesOut);
  }

  /** The part of it that every backend with a driver has. */
  public ProfiledPlan.Times times() {
    return new ProfiledPlan.Times(kernelNanos, copyInNanos, copyOutNanos);
  }

  TornadoProfile plus(TornadoProfile other) {
    return new TornadoProfile(
        kernelNanos + other.kernelNanos,
        copyInNanos + other.copyInNanos,
        copyOutNanos + other.copyOutNanos,
        compileNanos + other.compileNanos,
        totalNanos + other.totalNanos,
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut);
  }
}
