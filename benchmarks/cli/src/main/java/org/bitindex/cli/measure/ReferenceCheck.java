package org.bitindex.cli.measure;

import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.scalar.ScalarBackendProvider;
import org.bitindex.matrix.EncodedMatrix;

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
}
