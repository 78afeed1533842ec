package org.bitindex.lab.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.cli.measure.ReferenceCheck;
import org.bitindex.code.Code;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;

/** Encodes one matrix once and multiplies by each number of its most significant bits. */
final class PrecisionMeasurement {
  private static final List<Code> CODES = List.of(new Code.Affine(8), new Code.Symmetric(8));

  private final EvaluationPlan plan;
  private final TestMatrix matrix;
  private final Backend backend;
  private final List<PrecisionRecord> records = new ArrayList<>();

  PrecisionMeasurement(EvaluationPlan plan, TestMatrix matrix, Backend backend) {
    this.plan = plan;
    this.matrix = matrix;
    this.backend = backend;
  }

  List<PrecisionRecord> run() {
    for (Code code : CODES) {
      try (EncodedMatrix stored = encode(code)) {
        for (int bits = code instanceof Code.Symmetric ? 2 : 1; bits <= code.bits(); bits++) {
          measure(stored, bits);
        }
      }
    }
    return records;
  }

  private EncodedMatrix encode(Code code) {
    return StorageMeasurement.recipe(code, new Layout.Adaptive()).encode(matrix.weights());
  }

  private void measure(EncodedMatrix stored, int bits) {
    long start = System.nanoTime();
    EncodedMatrix view = stored.withBits(bits);
    double viewMillis = (System.nanoTime() - start) * 1e-6;
    double ownError;
    try (EncodedMatrix own = encode(view.code())) {
      ownError = relativeError(own);
    }
    int activationBits = Arithmetic.MAX_ACTIVATION_BITS;
    try (Plan prepared = backend.plan(List.of(Linear.of(view)), activationBits)) {
      for (int batch : List.of(plan.batches().getFirst(), plan.batches().getLast())) {
        float[] input = Gaussian.values(batch * view.columns(), ~matrix.run());
        float[] output = new float[batch * view.rows()];
        ReferenceCheck.requireEqual(prepared, view, activationBits, input, batch);
        double millis =
            plan.stopwatch().time(() -> prepared.execute(input, batch, output)).medianMillis();
        TestMatrix.Key key = matrix.key();
        records.add(
            new PrecisionRecord(
                key.source(),
                key.rows(),
                key.columns(),
                key.sparsity(),
                matrix.run(),
                stored.code().label(),
                bits,
                relativeError(view),
                ownError,
                viewMillis,
                batch,
                millis));
      }
    }
  }

  private double relativeError(EncodedMatrix encoded) {
    return ReconstructionError.of(matrix.weights(), encoded, 1).relativeError();
  }
}
