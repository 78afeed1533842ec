package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.kernel.FinishKernels;
import org.bitindex.tornado.kernel.GatherKernels;
import org.bitindex.tornado.kernel.Group;
import org.bitindex.tornado.kernel.SampleKernels;
import org.bitindex.tornado.kernel.Shape;
import org.bitindex.tornado.kernel.TensorCoreKernels;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A layer's constants as they lie on a device.
 *
 * @param slicing how few and many samples cut its columns
 * @param hasOffsets whether S is needed
 * @param isNarrow whether sums of pairs of samples fit, see {@link Arithmetic#narrow}
 * @param rowScales one for each row, also where the matrix has one for all
 * @param negativeOffsets one for each row, -0 where the matrix has none
 * @param bias one for each row, or null
 * @param shape see {@link Shape}
 * @param sumShape of the sums where tensor cores multiply many samples, else null
 */
record DeviceLayer(
    int rows,
    int columns,
    DeviceWeights weights,
    Slicing slicing,
    boolean hasOffsets,
    boolean isNarrow,
    FloatArray rowScales,
    FloatArray negativeOffsets,
    @Nullable FloatArray bias,
    Activation activation,
    IntArray shape,
    @Nullable IntArray sumShape) {
  /** A layer with its weights in the form that costs less. */
  static DeviceLayer of(Linear layer, int activationBits, boolean tensorCores) {
    return of(layer, activationBits, DeviceWeights.of(layer.weights(), tensorCores), tensorCores);
  }

  /** A layer whose weights were put into a form before. */
  static DeviceLayer of(
      Linear layer, int activationBits, DeviceWeights weights, boolean tensorCores) {
    EncodedMatrix matrix = layer.weights();
    int rows = matrix.rows();
    Slicing slicing = Slicing.of(weights, matrix.columns());
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
        slicing,
        matrix.offsets() != null,
        Arithmetic.narrow(matrix.columns(), activationBits),
        rowScales,
        negativeOffsets,
        layer.bias() == null ? null : FloatArray.fromArray(layer.bias()),
        layer.activation(),
        shape(matrix, weights, slicing, activationBits),
        tensorCores && fitsTensorCores(matrix, weights) ? sumShape(matrix) : null);
  }

  /** Whether the integers are bytes, and their sums with bytes ints. */
  private static boolean fitsTensorCores(EncodedMatrix matrix, DeviceWeights weights) {
    return weights instanceof DeviceWeights.Lines
        && matrix.code().lowest() >= Byte.MIN_VALUE
        && matrix.code().highest() <= Byte.MAX_VALUE
        && matrix.columns() <= TensorCoreKernels.MAX_COLUMNS;
  }

  /** The sums of {@link TensorCoreKernels}: those of one plane. */
  private static IntArray sumShape(EncodedMatrix matrix) {
    int planeStride = DeviceWeights.planeStride(matrix.rows());
    int sums = planeStride + (matrix.offsets() == null ? 0 : 4);
    int stride = Grids.roundUp(sums, TensorCoreKernels.ROWS);
    int words = Math.max(DeviceWeights.GROUP_WORDS, DeviceWeights.words(matrix.columns()));
    int sliceWords = Slicing.sliceWords(2 * stride / TensorCoreKernels.ROWS, words);
    IntArray shape = new IntArray(Shape.COEFFICIENTS + 1);
    shape.init(0);
    shape.set(Shape.ROWS, matrix.rows());
    shape.set(Shape.LINE_STRIDE, stride);
    shape.set(Shape.PLANES, 1);
    shape.set(Shape.PLANE_STRIDE, planeStride);
    shape.set(Shape.ROW_SUMS, sums);
    shape.set(Shape.MANY_SLICES, Math.ceilDiv(words, sliceWords));
    shape.set(Shape.MANY_SLICE_WORDS, sliceWords);
    shape.set(Shape.COEFFICIENTS, 1);
    return shape;
  }

  /** Sums of a sample of many: rows and more, for each slice. */
  int manySums() {
    return sumShape == null
        ? slicing.stride() * slicing.manySlices()
        : sumShape.get(Shape.LINE_STRIDE) * sumShape.get(Shape.MANY_SLICES);
  }

  /** What the sums of many samples look like. */
  IntArray manyShape() {
    return sumShape == null ? shape : sumShape;
  }

  private static IntArray shape(
      EncodedMatrix matrix, DeviceWeights weights, Slicing slicing, int activationBits) {
    int[] coefficients =
        switch (weights) {
          case DeviceWeights.Lines lines -> lines.coefficients();
          case DeviceWeights.Entries _ -> new int[] {1};
        };
    IntArray shape = new IntArray(Shape.COEFFICIENTS + coefficients.length);
    shape.init(0);
    shape.set(Shape.ROWS, matrix.rows());
    shape.set(Shape.COLUMNS, matrix.columns());
    shape.set(Shape.LINE_STRIDE, slicing.stride());
    shape.set(Shape.WORDS, slicing.words());
    shape.set(Shape.PLANES, coefficients.length);
    shape.set(Shape.ACTIVATION_BITS, activationBits);
    shape.set(Shape.INTEGER_BITS, Arithmetic.integerBits(matrix.columns(), activationBits));
    shape.set(Shape.FEW_SLICES, slicing.fewSlices());
    shape.set(Shape.FEW_SLICE_WORDS, slicing.fewSliceWords());
    shape.set(Shape.MANY_SLICES, slicing.manySlices());
    shape.set(Shape.MANY_SLICE_WORDS, slicing.manySliceWords());
    shape.set(Shape.ONE, 1);
    shape.set(Shape.PLANE_STRIDE, DeviceWeights.planeStride(matrix.rows()));
    if (weights instanceof DeviceWeights.Entries entries) {
      shape.set(Shape.ENTRY_DIGITS, entries.digits());
      shape.set(Shape.ENTRY_LOWEST, entries.lowest());
      shape.set(Shape.ENTRY_BLOCKS, entries.blocks());
    }
    for (int p = 0; p < coefficients.length; p++) {
      shape.set(Shape.COEFFICIENTS + p, coefficients[p]);
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
    return slicing.words() / DeviceWeights.GROUP_WORDS;
  }

  /** Whether many samples are multiplied two at a time. */
  boolean pairs() {
    return isNarrow && sumShape == null && weights instanceof DeviceWeights.Lines;
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

  /** Samples that many are rounded up to. */
  int manySamples() {
    return sumShape == null && !pairs() && weights instanceof DeviceWeights.Lines
        ? Group.LANES
        : 64;
  }

  /** What quantising makes of many samples: see {@link SampleKernels#quantizeMany}. */
  int manyForm() {
    if (sumShape != null) {
      return SampleKernels.DIGITS;
    }
    return pairs() ? SampleKernels.SHIFTED : SampleKernels.PLAIN;
  }

  /** Everything that goes to the device once, whatever the form of a call. */
  List<Object> objects() {
    List<Object> objects = new ArrayList<>(weights.objects());
    objects.add(shape);
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
    arrays.addAll(List.of(shape, rowScales, negativeOffsets));
    if (sumShape != null) {
      arrays.add(sumShape);
    }
    if (bias != null) {
      arrays.add(bias);
    }
    return arrays;
  }
}
