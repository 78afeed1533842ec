package org.bitindex.tornado.device;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.tornado.kernel.SampleKernels;
import org.bitindex.tornado.kernel.ShapeElements;
import org.bitindex.tornado.kernel.TensorCoreKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The arrays through which the samples of one size of calls travel, floats as raw bits. Only {@code
 * input}, {@code maxima} and {@code output} move between host and device; the others have a twin on
 * the host because TornadoVM names device memory so.
 *
 * @param shapes of each layer, see {@link ShapeElements}
 * @param input sample after sample
 * @param maxima raw bits of the largest magnitude of each sample
 * @param hidden the outputs of all layers but the last, one layer's at a time
 * @param hiddenMaxima the largest magnitudes of blocks of their rows
 * @param scales see {@link SampleKernels}
 * @param x the integers of samples
 * @param shifts see {@link SampleKernels#quantizeMany}
 * @param parts see {@link TensorCoreKernels}
 * @param sums the sums of a layer
 */
public record CallArrays(
    CallSize callSize,
    List<IntArray> shapes,
    IntArray input,
    IntArray maxima,
    IntArray hidden,
    IntArray hiddenMaxima,
    IntArray output,
    IntArray scales,
    IntArray x,
    IntArray shifts,
    IntArray parts,
    LongArray sums) {
  /** All arrays. */
  public List<TornadoNativeArray> arrays() {
    List<TornadoNativeArray> arrays = new ArrayList<>(shapes);
    arrays.addAll(
        List.of(input, maxima, hidden, hiddenMaxima, output, scales, x, shifts, parts, sums));
    return arrays;
  }

  /** Bytes of all arrays on the device. */
  public long bytes() {
    return DeviceMemory.bytes(arrays());
  }

  /** Before a call: its samples, and the largest magnitude of each. */
  public void put(float[] source, int offset, int samples, int columns, int threads) {
    MemorySegment target = input.getSegment();
    HostCopy.forRows(
        threads,
        samples,
        columns,
        (from, to) -> {
          for (int n = from; n < to; n++) {
            int first = offset + n * columns;
            maxima.set(n, largest(source, first, columns));
            MemorySegment.copy(
                source,
                first,
                target,
                ValueLayout.JAVA_FLOAT,
                (long) n * columns * Float.BYTES,
                columns);
          }
        });
  }

  /** Raw bits of the largest magnitude, and of NaN if there is one. */
  private static int largest(float[] source, int from, int count) {
    float max = 0; // as a float: the JIT vectorises that
    for (int j = from; j < from + count; j++) {
      max = Math.max(max, Math.abs(source[j]));
    }
    return Float.floatToRawIntBits(max) & 0x7fffffff;
  }

  /** After a call: its outputs. */
  public void take(float[] target, int offset, int samples, int columns, int threads) {
    HostCopy.take(output.getSegment(), target, offset, samples, columns, threads);
  }
}
