package org.bitindex.backend;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitindex.BackendException;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.RowValues;

/**
 * A small fixed network that a backend must get right to the bit before its first use: compilers
 * and drivers do contract, reassociate and flush subnormals.
 *
 * <p>Its layers are such that each kind of kernel that a plan may choose has work: dense and sparse
 * bits, one plane, several planes and several planes of few weights, with and without offsets, bias
 * and ReLU; for one sample and for more than a vector of them, with many and with few activation
 * bits. One chain, because devices take long to prepare a plan.
 */
final class SelfCheck {
  private static final int COLUMNS = 250;
  static final int[] BATCHES = {1, 8, 32};
  static final int[] ACTIVATION_BITS = {Arithmetic.MAX_ACTIVATION_BITS, 8};

  private SelfCheck() {}

  /**
   * Compares {@code backend} with {@code reference}.
   *
   * @throws BackendException if an output differs in a bit
   */
  static void require(Backend backend, Backend reference) {
    try (Arena arena = Arena.ofShared()) {
      List<Linear> layers = layers(arena);
      for (int activationBits : ACTIVATION_BITS) {
        try (Plan expected = reference.plan(layers, activationBits);
            Plan actual = backend.plan(layers, activationBits)) {
          for (int batch : BATCHES) {
            compare(
                backend.name() + " failed its self-check with " + activationBits,
                execute(expected, batch),
                execute(actual, batch),
                batch);
          }
        }
      }
    }
  }

  private static void compare(String failure, float[] expected, float[] actual, int batch) {
    int at = Arrays.mismatch(bits(expected), bits(actual));
    if (at >= 0) {
      throw new BackendException(
          failure
              + " activation bits: output "
              + at
              + " of a batch of "
              + batch
              + " is "
              + Float.toHexString(actual[at])
              + ", the reference gives "
              + Float.toHexString(expected[at]));
    }
  }

  private static float[] execute(Plan plan, int batch) {
    float[] output = new float[batch * plan.outputColumns()];
    plan.execute(input(batch), batch, output);
    return output;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
    return bits;
  }

  /** Of several samples two are at the edges: subnormal outputs, and a NaN that must not spread. */
  private static float[] input(int batch) {
    var random = new Random(1);
    float[] input = new float[batch * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    if (batch > 2) {
      for (int j = 0; j < COLUMNS; j++) {
        input[COLUMNS + j] *= 0x1p-130f;
      }
      input[2 * COLUMNS] = Float.NaN;
    }
    return input;
  }

  /** The layers, in memory of {@code arena}. */
  static List<Linear> layers(Arena arena) {
    var random = new Random(2);
    return List.of(
        layer(random, 160, COLUMNS, new Code.Symmetric(4), 1, Activation.RELU, arena),
        layer(random, 200, 160, new Code.Binary(0f), 0.03, Activation.RELU, arena),
        layer(random, 300, 200, new Code.Binary(0f), 0.003, Activation.NONE, arena),
        layer(random, 150, 300, new Code.Symmetric(4), 0.02, Activation.NONE, arena),
        layer(random, 150, 150, new Code.Symmetric(6), 0.1, Activation.NONE, arena),
        layer(random, 240, 150, new Code.Symmetric(4), 0.08, Activation.NONE, arena),
        layer(random, 200, 240, new Code.Binary(0f), 0.5, Activation.NONE, arena),
        layer(random, 192, 200, new Code.Symmetric(6), 0.5, Activation.NONE, arena),
        layer(random, 37, 192, new Code.Affine(2), 1, Activation.NONE, arena),
        layer(random, 40, 37, new Code.Affine(8), 1, Activation.NONE, arena)); // no signed bytes
  }

  /** Random weights, of which a share is not zero, scales and offsets, and a bias. */
  private static Linear layer(
      Random random,
      int rows,
      int columns,
      Code code,
      double density,
      Activation activation,
      Arena arena) {
    EncodedMatrix weights;
    int[] coefficients = code.coefficients();
    try (var planes = new PlaneBuilder(code, rows, columns)) {
      int[] q = new int[columns];
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          q[j] = random.nextDouble() < density ? integer(random, coefficients) : 0;
        }
        planes.writeRow(i, q);
      }
      RowValues offsets = code instanceof Code.Affine ? gaussian(random, rows, arena) : null;
      RowValues scales = gaussian(random, rows, arena);
      weights = planes.buildIn(arena, new Layout.Blocked(), scales, offsets);
    }
    float[] bias = new float[rows];
    for (int i = 0; i < rows; i++) {
      bias[i] = (float) random.nextGaussian();
    }
    return switch (activation) {
      case RELU -> new Linear(weights, bias, activation);
      case NONE -> Linear.of(weights);
    };
  }

  /** Any bits of one sign, or the only one. */
  private static int integer(Random random, int[] coefficients) {
    boolean negative = random.nextBoolean();
    boolean only = coefficients.length == 1;
    int q = 0;
    for (int coefficient : coefficients) {
      boolean fits = only || coefficients[1] > 0 || coefficient < 0 == negative;
      q += fits && (only || random.nextBoolean()) ? coefficient : 0;
    }
    return q;
  }

  private static RowValues gaussian(Random random, int count, Arena arena) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return RowValues.of(arena, values);
  }
}
