package org.bitindex.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bitindex.tornado.kernel.SampleKernels;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * The arrays through which samples travel. Only {@code input} and {@code output} move between host
 * and device; the others have a twin on the host because TornadoVM names device memory so.
 *
 * @param capacity the most samples of a call
 * @param input sample after sample
 * @param hidden the outputs of all layers but the last, one layer's at a time
 * @param x the integers of samples
 * @param reals see {@link SampleKernels#quantizeSamples}
 * @param q the sums Q of a layer
 */
public record Workspace(
    int capacity,
    FloatArray input,
    FloatArray hidden,
    FloatArray output,
    IntArray x,
    FloatArray reals,
    LongArray q) {
  /** Samples of a call below which lanes are rows. */
  public static final int FEW_SAMPLES = 16;

  /**
   * Samples of a call for which lanes are samples: 8 warps for each 32 rows, which fills a GPU even
   * with a small matrix, while copying a work space that is not full stays cheap.
   */
  static final int MANY_SAMPLES = 256;

  static Workspace of(DeviceChain chain, Form form) {
    int capacity = form.capacity();
    return new Workspace(
        capacity,
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
    return DeviceMemory.bytes(List.of(input, hidden, output, x, reals, q));
  }

  /** Before a call: its samples. */
  void put(float[] source, int offset, int count) {
    MemorySegment.copy(source, offset, input.getSegment(), ValueLayout.JAVA_FLOAT, 0, count);
  }

  /** After a call: its outputs. */
  void take(float[] target, int offset, int count) {
    MemorySegment.copy(output.getSegment(), ValueLayout.JAVA_FLOAT, 0, target, offset, count);
  }
}
