package org.bitindex.cli;

import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Plan;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.matrix.EncodedMatrix;

/**
 * What a backend's plan holds for products with one matrix, beside the file.
 *
 * @param name of the matrix
 * @param weights number of weights
 * @param oneSample bytes for products of one sample
 * @param samples64 bytes for products of 64 samples
 */
record PreparedSizes(String name, long weights, long oneSample, long samples64) {
  private static final int MANY = 64;

  /** Plans products with {@code matrix}. */
  static PreparedSizes of(String name, EncodedMatrix matrix, Backend backend) {
    try (Plan plan = backend.plan(matrix)) {
      plan.prepare(1);
      long one = plan.preparedBytes();
      plan.prepare(MANY);
      plan.keepOnly(MANY);
      long weights = (long) matrix.rows() * matrix.columns();
      return new PreparedSizes(name, weights, one, plan.preparedBytes());
    }
  }

  static TextTable table(List<PreparedSizes> sizes) {
    var table =
        new TextTable("memory in use", "one sample", "bits/weight", "64 samples", "bits/weight");
    for (PreparedSizes size : sizes) {
      table.add(
          size.name,
          Figures.bytes(size.oneSample),
          Figures.number(8.0 * size.oneSample / size.weights),
          Figures.bytes(size.samples64),
          Figures.number(8.0 * size.samples64 / size.weights));
    }
    return table;
  }
}
