package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Linear;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.kernel.SampleKernels;
import org.jspecify.annotations.Nullable;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * A layer's constants as they lie on a device.
 *
 * @param scales one for each row, also where the matrix has one for all
 * @param offsets one for each row, or null
 * @param bias one for each row, or null
 * @param shape sizes and coefficients, at the elements named here. Scalars would be constants to
 *     the JIT, which would unroll every loop over them
 */
public record DeviceLayer(
    int rows,
    int columns,
    DeviceWeights weights,
    FloatArray scales,
    @Nullable FloatArray offsets,
    @Nullable FloatArray bias,
    Activation activation,
    IntArray shape) {
  /** Elements of {@code shape}: the number of rows. */
  public static final int ROWS = 0;

  /** Rows rounded up to a multiple of 32. */
  public static final int ROW_STRIDE = 1;

  public static final int COLUMNS = 2;

  /** 32-bit words of a row of a plane. */
  public static final int WORDS_PER_ROW = 3;

  public static final int PLANES = 4;

  /** The bits T of an integer activation. */
  public static final int BITS = 5;

  /** From here on, the coefficient c_p of each plane. */
  public static final int COEFFICIENTS = 6;

  static DeviceLayer of(Linear layer, int activationBits) {
    EncodedMatrix matrix = layer.weights();
    int bits = Arithmetic.integerBits(matrix.columns(), activationBits);
    FloatArray scales = new FloatArray(Math.max(1, matrix.rows()));
    FloatArray offsets = matrix.offsets() == null ? null : new FloatArray(scales.getSize());
    for (int i = 0; i < matrix.rows(); i++) {
      scales.set(i, matrix.scale(i));
      if (offsets != null) {
        offsets.set(i, matrix.offset(i));
      }
    }
    return new DeviceLayer(
        matrix.rows(),
        matrix.columns(),
        DeviceWeights.of(matrix),
        scales,
        offsets,
        layer.bias() == null ? null : FloatArray.fromArray(layer.bias()),
        layer.activation(),
        shape(matrix, bits));
  }

  private static IntArray shape(EncodedMatrix matrix, int bits) {
    int[] coefficients = matrix.code().coefficients();
    IntArray shape = new IntArray(COEFFICIENTS + coefficients.length);
    shape.set(ROWS, matrix.rows());
    shape.set(ROW_STRIDE, Grids.roundUp(matrix.rows(), Group.LANES));
    shape.set(COLUMNS, matrix.columns());
    shape.set(WORDS_PER_ROW, DeviceWeights.wordsPerRow(matrix.columns()));
    shape.set(PLANES, coefficients.length);
    shape.set(BITS, bits);
    for (int p = 0; p < coefficients.length; p++) {
      shape.set(COEFFICIENTS + p, coefficients[p]);
    }
    return shape;
  }

  /** What {@link SampleKernels#finishRows} does to an output. */
  int steps() {
    return (offsets == null ? 0 : SampleKernels.OFFSETS)
        + (bias == null ? 0 : SampleKernels.BIAS)
        + (activation == Activation.RELU ? SampleKernels.RELU : 0);
  }

  /** Columns rounded up to whole words. */
  int paddedColumns() {
    return DeviceWeights.wordsPerRow(columns) * DeviceWeights.WORD_BITS;
  }

  /** Everything that goes to the device once. */
  List<TornadoNativeArray> arrays() {
    List<TornadoNativeArray> arrays = new ArrayList<>(List.of(weights.arrays()));
    arrays.add(shape);
    arrays.add(scales);
    if (offsets != null) {
      arrays.add(offsets);
    }
    if (bias != null) {
      arrays.add(bias);
    }
    return arrays;
  }
}
