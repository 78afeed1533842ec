package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.kernel.FinishKernels;
import org.bitindex.tornado.kernel.Shape;
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
    IntArray shape) {
  static DeviceLayer of(Linear layer, int activationBits) {
    return of(layer, activationBits, DeviceWeights.of(layer.weights()));
  }

  /** A layer whose weights were put into a form before. */
  static DeviceLayer of(Linear layer, int activationBits, DeviceWeights weights) {
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
        shape(matrix, weights, slicing, activationBits));
  }

  private static IntArray shape(
      EncodedMatrix matrix, DeviceWeights weights, Slicing slicing, int activationBits) {
    int[] coefficients =
        switch (weights) {
          case DeviceWeights.Lines lines -> lines.coefficients();
          case DeviceWeights.Entries _ -> new int[] {1};
        };
    IntArray shape = new IntArray(Shape.COEFFICIENTS + coefficients.length);
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
    return isNarrow && weights instanceof DeviceWeights.Lines;
  }

  /** Everything that goes to the device once. */
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
    if (bias != null) {
      arrays.add(bias);
    }
    return arrays;
  }
}
