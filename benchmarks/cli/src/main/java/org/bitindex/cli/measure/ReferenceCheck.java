package org.bitindex.cli.measure;

import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.scalar.ScalarBackendProvider;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/** Compares a product with the scalar reference before it is timed. */
public final class ReferenceCheck {
  private ReferenceCheck() {}

  /**
   * Multiplies with {@code plan} and compares the last sample, bit for bit. Results do not depend
   * on the batch, so that sample stands for the others.
   *
   * @param plan a plan of {@code weights} alone
   * @param input batch x columns floats
   * @throws IllegalStateException if a bit differs
   */
  public static void requireEqual(
      Plan plan, EncodedMatrix weights, int activationBits, float[] input, int batch) {
    int rows = weights.rows();
    int columns = weights.columns();
    float[] output = new float[batch * rows];
    plan.prepare(batch);
    plan.execute(input, batch, output);
    float[] actual = Arrays.copyOfRange(output, (batch - 1) * rows, batch * rows);
    float[] expected = new float[rows];
    try (Backend scalar = new ScalarBackendProvider().create("", 1);
        Plan reference = scalar.plan(List.of(Linear.of(weights)), activationBits)) {
      reference.execute(
          Arrays.copyOfRange(input, (batch - 1) * columns, batch * columns), 1, expected);
    }
    int row = Arrays.mismatch(expected, actual);
    if (row >= 0) {
      throw new IllegalStateException(
          "the product of %s gives %s in row %d of sample %d, the scalar reference %s"
              .formatted(weights, actual[row], row, batch - 1, expected[row]));
    }
  }

  /**
   * Compares the last sample of a product that rounds with one in double: each output y within
   * {@code tolerance} times the norms of its row and of the sample.
   *
   * @param what is named where it differs
   * @param input batch x columns floats
   * @param output batch x rows floats, the product
   * @throws IllegalStateException if an output differs by more
   */
  public static void requireClose(
      String what, Weights weights, float[] input, float[] output, int batch, double tolerance) {
    int columns = weights.columns();
    float[] row = new float[columns];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      double expected = 0;
      double weightSquares = 0;
      double sampleSquares = 0;
      for (int j = 0; j < columns; j++) {
        double x = input[(batch - 1) * columns + j];
        expected += row[j] * x;
        weightSquares += row[j] * (double) row[j];
        sampleSquares += x * x;
      }
      float actual = output[(batch - 1) * weights.rows() + i];
      if (!(Math.abs(actual - expected)
          <= tolerance * Math.sqrt(weightSquares) * Math.sqrt(sampleSquares))) {
        throw new IllegalStateException(
            "the product with %s gives %s in row %d of sample %d, which is %s"
                .formatted(what, actual, i, batch - 1, expected));
      }
    }
  }
}
