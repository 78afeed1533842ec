package org.bitindex.lab.evaluation;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.encode.Pruning;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.PlaneQuantizer;
import org.jspecify.annotations.Nullable;

/** Runs an {@link EvaluationPlan}. */
public final class Evaluation {
  private final EvaluationPlan plan;
  private final Backend backend;
  private final @Nullable PlaneQuantizer device;
  private final Runnable progress;

  /**
   * An evaluation of products on {@code backend}, and of encoding where that is a device.
   *
   * @param progress called after each of the plan's matrices
   */
  public Evaluation(EvaluationPlan plan, Backend backend, Runnable progress) {
    this.plan = plan;
    this.backend = backend;
    this.device = backend.device().map(DeviceBackend::planeQuantizer).orElse(null);
    this.progress = progress;
  }

  /**
   * Measures everything. The runs are the outer loop, so that a drift of the machine's speed
   * spreads over all configurations.
   *
   * @throws IllegalStateException if the backend's product differs from the scalar reference
   */
  public Results run() {
    warmUp();
    List<StorageRecord> storage = new ArrayList<>();
    List<ProductRecord> products = new ArrayList<>();
    List<PrecisionRecord> precision = new ArrayList<>();
    for (int run = 0; run < plan.runs(); run++) {
      for (MatrixSource source : plan.sources()) {
        for (TestMatrix matrix : matrices(source, run)) {
          storage.addAll(new StorageMeasurement(plan, matrix, device).run());
          products.addAll(new ProductMeasurement(plan, matrix, backend).run());
          if (matrix.key().sparsity() == 0) {
            precision.addAll(new PrecisionMeasurement(plan, matrix, backend).run());
          }
          progress.run();
        }
      }
    }
    return new Results(storage, products, precision);
  }

  /** Measures the first source once, so that the JIT compiler has seen every method. */
  private void warmUp() {
    for (TestMatrix matrix : matrices(plan.sources().getFirst(), 0)) {
      var _ = new StorageMeasurement(plan, matrix, device).run();
      var _ = new ProductMeasurement(plan, matrix, backend).run();
      var _ = new PrecisionMeasurement(plan, matrix, backend).run();
    }
  }

  private static List<TestMatrix> matrices(MatrixSource source, int run) {
    DenseMatrix dense = source.weights().apply(run);
    return source.sparsities().stream()
        .map(sparsity ->
            new TestMatrix(
                new TestMatrix.Key(source.name(), dense.rows(), dense.columns(), sparsity),
                run,
                DenseMatrix.copyOf(Pruning.global(dense, sparsity))))
        .toList();
  }
}
