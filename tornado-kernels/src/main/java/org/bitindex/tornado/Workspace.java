package org.bitindex.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * The arrays through which samples travel. Only {@code call}, {@code input} and {@code output} move
 * between host and device; the others have a twin on the host because TornadoVM names device memory
 * so.
 *
 * @param capacity the most samples of a call
 * @param call [0] the number of samples, [1 + stage] whether that stage ran
 * @param input sample after sample
 * @param hidden the outputs of all layers but the last, one layer's at a time
 * @param x the integers of samples
 * @param reals see {@link SampleKernels#quantizeSamples}
 * @param q the sums Q of a layer
 */
record Workspace(
    int capacity,
    IntArray call,
    FloatArray input,
    FloatArray hidden,
    FloatArray output,
    IntArray x,
    FloatArray reals,
    LongArray q) {
  /** Samples of a call below which lanes are rows. */
  static final int FEW_SAMPLES = 16;

  /**
   * Samples of a call for which lanes are samples: 8 warps for each 32 rows, which fills a GPU even
   * with a small matrix, while copying a work space that is not full stays cheap.
   */
  static final int MANY_SAMPLES = 256;

  /** The stages of a layer: quantise, multiply, offset terms, finish. */
  private static final int STAGES = 4;

  static Workspace of(DeviceChain chain, int capacity) {
    return new Workspace(
        capacity,
        new IntArray(1 + STAGES * chain.layers().size()),
        new FloatArray(size(capacity, chain.inputColumns())),
        new FloatArray(size(capacity, chain.mostHiddenRows())),
        new FloatArray(size(capacity, chain.outputColumns())),
        new IntArray(size(capacity, chain.mostPaddedColumns())),
        new FloatArray(size(capacity, SampleKernels.REALS)),
        new LongArray(size(capacity, chain.mostRows())));
  }

  /** Elements of an array, which can't be empty on a device. */
  private static int size(int capacity, int width) {
    return Math.max(1, Math.multiplyExact(capacity, width));
  }

  /** Bytes that {@link #of} would take on a device, without headers. */
  static long bytes(DeviceChain chain, int capacity) {
    long floats =
        (long) chain.inputColumns()
            + chain.mostHiddenRows()
            + chain.outputColumns()
            + chain.mostPaddedColumns()
            + SampleKernels.REALS;
    return capacity * (floats * Float.BYTES + (long) chain.mostRows() * Long.BYTES);
  }

  /** Bytes of the largest array that {@link #of} would make. */
  static long largestArrayBytes(DeviceChain chain, int capacity) {
    long width = Math.max(chain.mostPaddedColumns() * 4L, chain.mostRows() * 8L);
    return capacity * width;
  }

  /** Bytes of all arrays on the device. */
  long bytes() {
    return DeviceMemory.bytes(List.of(call, input, hidden, output, x, reals, q));
  }

  /** Before a call: {@code samples} samples from {@code source}, and no stage has run. */
  void put(float[] source, int offset, int samples, int columns) {
    call.init(0);
    call.set(0, samples);
    MemorySegment.copy(
        source, offset, input.getSegment(), ValueLayout.JAVA_FLOAT, 0, samples * columns);
  }

  /** The number of the first of {@code stages} stages that did not run, or -1. */
  int firstMissing(int stages) {
    for (int stage = 0; stage < stages; stage++) {
      if (call.get(1 + stage) != 1) {
        return stage;
      }
    }
    return -1;
  }

  /** After a call: its outputs. */
  void take(float[] target, int offset, int samples, int rows) {
    MemorySegment.copy(
        output.getSegment(), ValueLayout.JAVA_FLOAT, 0, target, offset, samples * rows);
  }
}
