package org.bitindex.tornado;

import uk.ac.manchester.tornado.api.TornadoProfilerResult;

/**
 * Where the time of calls went, as the device's driver measured it.
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

  /** Of a run; outputs that were copied under demand are not in TornadoVM's result. */
  static TornadoProfile of(TornadoProfilerResult result, long totalNanos, long bytesOut) {
    return new TornadoProfile(
        result.getDeviceKernelTime(),
        result.getDeviceWriteTime(),
        result.getDeviceReadTime(),
        result.getCompileTime(),
        totalNanos,
        result.getTotalBytesCopyIn(),
        result.getTotalBytesCopyOut() + bytesOut);
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
