package org.bitindex.lab.evaluation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.baseline.Baseline;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.cli.measure.ReferenceCheck;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Multiplies by one matrix with every method. A backend's product is compared with the scalar
 * reference, bit for bit, before it is timed.
 */
final class ProductMeasurement {
  private static final int EXACT_SAMPLES = 4;

  private final EvaluationPlan plan;
  private final TestMatrix matrix;
  private final Backend backend;
  private final float[] input;
  private final ExactProduct exact;
  private final List<ProductRecord> records = new ArrayList<>();

  ProductMeasurement(EvaluationPlan plan, TestMatrix matrix, Backend backend) {
    this.plan = plan;
    this.matrix = matrix;
    this.backend = backend;
    int columns = matrix.key().columns();
    int samples = Collections.max(plan.batches());
    input = Gaussian.values(samples * columns, ~matrix.run());
    exact = new ExactProduct(matrix.weights(), input, Math.min(samples, EXACT_SAMPLES));
  }

  List<ProductRecord> run() {
    plan.codes().stream().filter(plan.multiplied()::contains).forEach(this::measureBackend);
    measureStored();
    for (Baseline baseline : StorageMeasurement.baselines(matrix.weights())) {
      var row = new Row(baseline.name(), StorageRecord.BASELINE, 0, baseline.bytes());
      plan.batches().forEach(batch -> measure(row, batch, baseline::multiply));
    }
    return records;
  }

  /** What the products of one prepared form share. */
  private record Row(String method, String kernel, int activationBits, long preparedBytes) {}

  private void measureBackend(Code code) {
    try (EncodedMatrix encoded =
        StorageMeasurement.recipe(code, new Layout.Flat()).encode(matrix.weights())) {
      for (int bits : plan.activationBits()) {
        try (Plan prepared = backend.plan(List.of(Linear.of(encoded)), bits)) {
          for (int batch : plan.batches()) {
            ReferenceCheck.requireEqual(prepared, encoded, bits, samples(batch), batch);
          }
          // Asked for now, when its work space has seen the largest batch.
          var row = new Row(code.label(), ProductRecord.BACKEND, bits, prepared.preparedBytes());
          plan.batches().forEach(batch -> measure(row, batch, prepared::execute));
        }
      }
    }
  }

  /** The paper's own loops, for its binary code and one sample. */
  private void measureStored() {
    measureStored(new Layout.Flat(), ProductRecord.STORED_FLAT);
    measureStored(new Layout.Blocked(), ProductRecord.STORED_BLOCKED);
  }

  private void measureStored(Layout layout, String kernel) {
    Code code = EvaluationPlan.BINARY;
    try (EncodedMatrix encoded = StorageMeasurement.recipe(code, layout).encode(matrix.weights())) {
      var plane = encoded.planes();
      Multiplier loop =
          layout instanceof Layout.Flat ? StoredProduct.flat(plane) : StoredProduct.blocked(plane);
      float scale = encoded.scale(0);
      Multiplier scaled =
          (in, batch, out) -> {
            loop.multiply(in, batch, out);
            for (int i = 0; i < out.length; i++) {
              out[i] *= scale;
            }
          };
      measure(new Row(code.label(), kernel, 0, plane.bytes()), 1, scaled);
    }
  }

  private void measure(Row row, int batch, Multiplier multiplier) {
    float[] samples = samples(batch);
    float[] output = output(batch);
    Stopwatch.Timing timing =
        plan.stopwatch().time(() -> multiplier.multiply(samples, batch, output));
    TestMatrix.Key key = matrix.key();
    records.add(
        new ProductRecord(
            key.source(),
            key.rows(),
            key.columns(),
            key.sparsity(),
            matrix.run(),
            row.method(),
            row.kernel(),
            row.activationBits(),
            batch,
            timing.medianMillis(),
            exact.relativeError(output),
            row.preparedBytes(),
            timing.heapBytes()));
  }

  private float[] samples(int batch) {
    return Arrays.copyOf(input, batch * matrix.key().columns());
  }

  private float[] output(int batch) {
    return new float[batch * matrix.key().rows()];
  }
}
