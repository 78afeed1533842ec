package org.bitindex.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bitindex.tornado.kernel.SampleKernels;
import org.bitindex.tornado.kernel.TensorKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The arrays through which the samples of one form of calls travel, floats as raw bits. Only {@code
 * input}, {@code maxima} and {@code output} move between host and device; the others have a twin on
 * the host because TornadoVM names device memory so.
 *
 * @param input sample after sample
 * @param maxima raw bits of the largest magnitude of each sample
 * @param hidden the outputs of all layers but the last, one layer's at a time
 * @param hiddenMaxima the largest magnitudes of blocks of their rows
 * @param scales see {@link SampleKernels}
 * @param x the integers of samples
 * @param shifts see {@link SampleKernels#quantizeMany}
 * @param parts see {@link TensorKernels}
 * @param sums the sums of a layer
 */
public record Workspace(
    Form form,
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

  static Workspace of(DeviceChain chain, Form form) {
    return new Workspace(
        form,
        ints(form, chain.inputColumns()),
        ints(form, 1),
        ints(form, chain.mostHidden(DeviceLayer::rows)),
        ints(form, chain.mostHidden(layer -> layer.blocksOfMaxima(form))),
        ints(form, chain.outputColumns()),
        ints(form, 1),
        ints(form, integers(chain, form)),
        ints(form, shifts(chain, form)),
        ints(form, parts(chain, form)),
        new LongArray(size(form, sums(chain, form))));
  }

  /** A word's columns take 32 integers, or as many times four digits. */
  private static int integers(DeviceChain chain, Form form) {
    return chain.most(layer ->
        !form.isFew()
            ? layer.groups() * DeviceWeights.GROUP_WORDS * Integer.SIZE
            : layer.weights() instanceof DeviceWeights.Entries ? layer.columns() : 0);
  }

  private static int shifts(DeviceChain chain, Form form) {
    return form.isFew() ? 0 : chain.most(layer -> layer.pairs() ? layer.groups() : 0);
  }

  /** The sums of each of four digits. */
  private static int parts(DeviceChain chain, Form form) {
    return form.isFew() ? 0 : chain.most(l -> l.sumShape() == null ? 0 : l.manySums() * 4);
  }

  private static int sums(DeviceChain chain, Form form) {
    return chain.most(layer -> {
      if (layer.weights() instanceof DeviceWeights.Entries) {
        return 0;
      }
      Slicing slicing = layer.slicing();
      return form.isFew() ? slicing.stride() * slicing.fewSlices() : layer.manySums();
    });
  }

  private static IntArray ints(Form form, int width) {
    return new IntArray(size(form, width));
  }

  /** Elements of an array, which can't be empty on a device. */
  private static int size(Form form, int width) {
    return Math.max(1, Math.multiplyExact(form.capacity(), width));
  }

  /** Bytes that {@link #of} would take on a device, without headers. */
  static long bytes(DeviceChain chain, Form form) {
    long ints =
        (long) chain.inputColumns()
            + chain.mostHidden(DeviceLayer::rows) * 2L
            + chain.outputColumns()
            + 2
            + integers(chain, form)
            + shifts(chain, form)
            + parts(chain, form);
    return form.capacity() * (ints * Integer.BYTES + (long) sums(chain, form) * Long.BYTES);
  }

  /** Bytes of the largest array that {@link #of} would make. */
  static long largestArrayBytes(DeviceChain chain, Form form) {
    long width =
        Math.max(
            Math.max(integers(chain, form), chain.mostHidden(DeviceLayer::rows)) * 4L,
            Math.max(parts(chain, form) * 4L, sums(chain, form) * 8L));
    width = Math.max(width, Math.max(chain.inputColumns(), chain.outputColumns()) * 4L);
    return form.capacity() * width;
  }

  /** All arrays. */
  List<TornadoNativeArray> arrays() {
    return List.of(input, maxima, hidden, hiddenMaxima, output, scales, x, shifts, parts, sums);
  }

  /** Bytes of all arrays on the device. */
  public long bytes() {
    return DeviceMemory.bytes(arrays());
  }

  /** Before a call: its samples, and the largest magnitude of each. */
  public void put(float[] source, int offset, int samples, int columns) {
    MemorySegment.copy(
        source, offset, input.getSegment(), ValueLayout.JAVA_FLOAT, 0, samples * columns);
    for (int n = 0; n < samples; n++) {
      int max = 0;
      for (int j = offset + n * columns; j < offset + (n + 1) * columns; j++) {
        max = Math.max(max, Float.floatToRawIntBits(source[j]) & 0x7fffffff);
      }
      maxima.set(n, max);
    }
  }

  /** After a call: its outputs. */
  void take(float[] target, int offset, int count) {
    MemorySegment.copy(output.getSegment(), ValueLayout.JAVA_FLOAT, 0, target, offset, count);
  }
}
