package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.device.CallSize;
import org.bitindex.tornado.device.Grids;
import org.bitindex.tornado.kernel.FinishKernels;
import org.bitindex.tornado.kernel.GatherKernels;
import org.bitindex.tornado.kernel.Group;
import org.bitindex.tornado.kernel.LookupKernels;
import org.bitindex.tornado.kernel.SampleKernels;
import org.bitindex.tornado.kernel.ShapeElements;
import org.bitindex.tornado.kernel.TensorCoreKernels;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A layer's constants as they lie on a device.
 *
 * @param words words of a line, whole groups and at least one
 * @param hasOffsets whether S is needed
 * @param isNarrow whether sums of pairs of samples fit, see {@link Arithmetic#narrow}
 * @param rowScales one for each row, also where the matrix has one for all
 * @param negativeOffsets one for each row, -0 where the matrix has none
 * @param bias one for each row, or null
 * @param activationBits the bits A of an activation
 * @param tensorCores whether they multiply many samples
 */
record DeviceLayer(
    int rows,
    int columns,
    DeviceWeights weights,
    int words,
    boolean hasOffsets,
    boolean isNarrow,
    FloatArray rowScales,
    FloatArray negativeOffsets,
    @Nullable FloatArray bias,
    Activation activation,
    int activationBits,
    boolean tensorCores) {
  /** A layer with its weights in the form that costs less. */
  static DeviceLayer of(Linear layer, int activationBits, boolean tensorCores) {
    return of(layer, activationBits, DeviceWeights.of(layer.weights(), tensorCores), tensorCores);
  }

  /** A layer whose weights were put into a form before. */
  static DeviceLayer of(
      Linear layer, int activationBits, DeviceWeights weights, boolean tensorCores) {
    EncodedMatrix matrix = layer.weights();
    int rows = matrix.rows();
    FloatArray rowScales = new FloatArray(Math.max(1, rows));
    FloatArray negativeOffsets = new FloatArray(rowScales.getSize());
    for (int i = 0; i < rows; i++) {
      rowScales.set(i, matrix.scale(i));
      negativeOffsets.set(i, -matrix.offset(i));
    }
    return new DeviceLayer(
        rows,
        matrix.columns(),
        weights,
        Math.max(LookupKernels.GROUP_WORDS, DeviceWeights.words(matrix.columns())),
        matrix.offsets() != null,
        Arithmetic.narrow(matrix.columns(), activationBits),
        rowScales,
        negativeOffsets,
        layer.bias() == null ? null : FloatArray.fromArray(layer.bias()),
        layer.activation(),
        activationBits,
        tensorCores && fitsTensorCores(matrix, weights));
  }

  /** Whether the integers are bytes, and their sums with bytes ints. */
  private static boolean fitsTensorCores(EncodedMatrix matrix, DeviceWeights weights) {
    return weights instanceof DeviceWeights.Lines
        && matrix.code().lowest() >= Byte.MIN_VALUE
        && matrix.code().highest() <= Byte.MAX_VALUE
        && matrix.columns() <= TensorCoreKernels.MAX_COLUMNS;
  }

  private int planeStride() {
    return DeviceWeights.planeStride(rows);
  }

  /** Rows with sums of their own on tensor cores: where S is needed, its row too. */
  private int sumRows() {
    return planeStride() + (hasOffsets ? 4 : 0);
  }

  private boolean onTensorCores(CallSize size) {
    return tensorCores && !size.isFew();
  }

  /** Sums of a slice and a sample; none where kernels finish by themselves. */
  private int sumStride(CallSize size) {
    return switch (weights) {
      case DeviceWeights.Lines lines ->
          onTensorCores(size) ? Grids.roundUp(sumRows(), TensorCoreKernels.ROWS) : lines.stride();
      case DeviceWeights.Entries _ -> 0;
    };
  }

  /** Work-groups of the product of a slice. */
  private int workGroups(CallSize size) {
    int stride = sumStride(size);
    int capacity = size.capacity();
    if (size.isFew()) {
      return Math.ceilDiv(stride, LookupKernels.FEW_LINES) * capacity;
    }
    return stride / DeviceWeights.LINE_STEP * Math.ceilDiv(capacity, samplesOfGroup());
  }

  /** The most work-groups that one of its kernels has in y. */
  int height(CallSize size) {
    if (size.isFew()) {
      return size.capacity() * slicing(size).count();
    }
    return Math.max(Math.max(groups(), blocksOfSums(size)), blocksOfMaxima(size));
  }

  /** Blocks of the sums of many samples, in all slices. */
  int blocksOfSums(CallSize size) {
    return sums(size) / DeviceWeights.LINE_STEP;
  }

  /** How its columns are cut for calls of a size. */
  Slicing slicing(CallSize size) {
    if (weights instanceof DeviceWeights.Entries) {
      return new Slicing(1, words);
    }
    if (size.isFew()) {
      return Slicing.ofFew(workGroups(size), words);
    }
    return tensorCores
        ? Slicing.ofTensor(workGroups(size), words)
        : Slicing.ofMany(workGroups(size), words);
  }

  /** Sums of a sample: those of all slices. */
  int sums(CallSize size) {
    return sumStride(size) * slicing(size).count();
  }

  /** Sums of single digits of a sample. */
  int parts(CallSize size) {
    return onTensorCores(size) ? sums(size) * TensorCoreKernels.DIGITS : 0;
  }

  /** What kernels must know of it for calls of a size: see {@link ShapeElements}. */
  IntArray shape(CallSize size) {
    int[] coefficients =
        switch (weights) {
          case DeviceWeights.Lines lines -> lines.coefficients();
          case DeviceWeights.Entries _ -> new int[] {1};
        };
    Slicing slicing = slicing(size);
    IntArray shape = new IntArray(ShapeElements.COEFFICIENTS + coefficients.length);
    shape.init(0);
    shape.set(ShapeElements.ROWS, rows);
    shape.set(ShapeElements.COLUMNS, columns);
    shape.set(ShapeElements.WORDS, words);
    shape.set(ShapeElements.PLANES, coefficients.length);
    shape.set(ShapeElements.ACTIVATION_BITS, activationBits);
    shape.set(ShapeElements.INTEGER_BITS, Arithmetic.integerBits(columns, activationBits));
    shape.set(ShapeElements.SLICES, slicing.count());
    shape.set(ShapeElements.SLICE_WORDS, slicing.words());
    shape.set(ShapeElements.SUM_PLANES, onTensorCores(size) ? 1 : coefficients.length);
    shape.set(ShapeElements.SUM_STRIDE, sumStride(size));
    shape.set(ShapeElements.ONE, 1);
    shape.set(ShapeElements.PLANE_STRIDE, planeStride());
    shape.set(ShapeElements.ROW_SUMS, sumRows());
    switch (weights) {
      case DeviceWeights.Lines lines -> shape.set(ShapeElements.LINE_STRIDE, lines.stride());
      case DeviceWeights.Entries entries -> {
        shape.set(ShapeElements.ENTRY_DIGITS, entries.digits());
        shape.set(ShapeElements.ENTRY_LOWEST, entries.lowest());
        shape.set(ShapeElements.ENTRY_BLOCKS, entries.blocks());
      }
    }
    for (int p = 0; p < coefficients.length; p++) {
      shape.set(ShapeElements.COEFFICIENTS + p, coefficients[p]);
    }
    return shape;
  }

  /**
   * What {@link FinishKernels} does to an output.
   *
   * @param isLast whether no other layer reads it
   */
  int steps(boolean isLast) {
    return (hasOffsets ? FinishKernels.OFFSETS : 0)
        + (bias == null ? 0 : FinishKernels.BIAS)
        + (activation == Activation.RELU ? FinishKernels.RELU : 0)
        + (isLast ? 0 : FinishKernels.MAXIMA);
  }

  /** Groups of columns, at least one. */
  int groups() {
    return words / LookupKernels.GROUP_WORDS;
  }

  /** Whether many samples are multiplied two at a time. */
  boolean pairs() {
    return isNarrow && !tensorCores && weights instanceof DeviceWeights.Lines;
  }

  /** Rows of a block of the maxima that its last kernel leaves. */
  int rowsOfMaxima(CallSize size) {
    return switch (weights) {
      case DeviceWeights.Lines _ -> size.isFew() ? FinishKernels.FEW_ROWS : FinishKernels.MANY_ROWS;
      case DeviceWeights.Entries _ ->
          size.isFew() ? GatherKernels.FEW_ROWS : GatherKernels.MANY_ROWS;
    };
  }

  /** Blocks of the maxima. */
  int blocksOfMaxima(CallSize size) {
    return Math.ceilDiv(rows, rowsOfMaxima(size));
  }

  /** Samples of a work-group that multiplies many. */
  int samplesOfGroup() {
    return !tensorCores && !pairs() && weights instanceof DeviceWeights.Lines ? Group.LANES : 64;
  }

  /** What quantising makes of many samples: see {@link SampleKernels#quantizeMany}. */
  int manyForm() {
    if (tensorCores) {
      return SampleKernels.DIGITS;
    }
    return pairs() ? SampleKernels.SHIFTED : SampleKernels.PLAIN;
  }

  /** Everything that goes to the device once, whatever the form of a call. */
  List<Object> objects() {
    List<Object> objects = new ArrayList<>(weights.objects());
    objects.add(rowScales);
    objects.add(negativeOffsets);
    if (bias != null) {
      objects.add(bias);
    }
    return objects;
  }

  /** All arrays of it. */
  List<TornadoNativeArray> arrays() {
    List<TornadoNativeArray> arrays = new ArrayList<>(weights.arrays());
    arrays.addAll(List.of(rowScales, negativeOffsets));
    if (bias != null) {
      arrays.add(bias);
    }
    return arrays;
  }
}
