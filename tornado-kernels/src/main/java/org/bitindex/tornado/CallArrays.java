package org.bitindex.tornado;

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

  static CallArrays of(DeviceChain chain, CallSize callSize) {
    return new CallArrays(
        callSize,
        chain.layers().stream().map(layer -> layer.shape(callSize)).toList(),
        ints(callSize, chain.inputColumns()),
        ints(callSize, 1),
        ints(callSize, chain.mostHidden(DeviceLayer::rows)),
        ints(callSize, chain.mostHidden(layer -> layer.blocksOfMaxima(callSize))),
        ints(callSize, chain.outputColumns()),
        ints(callSize, 1),
        ints(callSize, integers(chain, callSize)),
        ints(callSize, shifts(chain, callSize)),
        ints(callSize, parts(chain, callSize)),
        new LongArray(size(callSize, sums(chain, callSize))));
  }

  /** A word's columns take 32 integers, or as many times four digits. */
  private static int integers(DeviceChain chain, CallSize callSize) {
    return chain.most(layer ->
        !callSize.isFew()
            ? layer.groups() * DeviceWeights.GROUP_WORDS * Integer.SIZE
            : layer.weights() instanceof DeviceWeights.Entries ? layer.columns() : 0);
  }

  private static int shifts(DeviceChain chain, CallSize callSize) {
    return callSize.isFew() ? 0 : chain.most(layer -> layer.pairs() ? layer.groups() : 0);
  }

  private static int parts(DeviceChain chain, CallSize callSize) {
    return chain.most(layer -> layer.parts(callSize));
  }

  private static int sums(DeviceChain chain, CallSize callSize) {
    return chain.most(layer -> layer.sums(callSize));
  }

  private static IntArray ints(CallSize callSize, int width) {
    return new IntArray(size(callSize, width));
  }

  /** Elements of an array, which can't be empty on a device. */
  private static int size(CallSize callSize, int width) {
    return Math.max(1, Math.multiplyExact(callSize.capacity(), width));
  }

  /** Bytes that {@link #of} would take on a device, without headers and shapes. */
  static long bytes(DeviceChain chain, CallSize callSize) {
    long ints =
        (long) chain.inputColumns()
            + chain.mostHidden(DeviceLayer::rows) * 2L
            + chain.outputColumns()
            + 2
            + integers(chain, callSize)
            + shifts(chain, callSize)
            + parts(chain, callSize);
    return callSize.capacity() * (ints * Integer.BYTES + (long) sums(chain, callSize) * Long.BYTES);
  }

  /** Bytes of the largest array that {@link #of} would make. */
  static long largestArrayBytes(DeviceChain chain, CallSize callSize) {
    long width =
        Math.max(
            Math.max(integers(chain, callSize), chain.mostHidden(DeviceLayer::rows)) * 4L,
            Math.max(parts(chain, callSize) * 4L, sums(chain, callSize) * 8L));
    width = Math.max(width, Math.max(chain.inputColumns(), chain.outputColumns()) * 4L);
    return callSize.capacity() * width;
  }

  /** All arrays. */
  List<TornadoNativeArray> arrays() {
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
