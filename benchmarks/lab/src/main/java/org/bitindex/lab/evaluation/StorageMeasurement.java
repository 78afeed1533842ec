package org.bitindex.lab.evaluation;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.zip.CRC32C;
import org.bitindex.baseline.Baseline;
import org.bitindex.baseline.BitmapQuantized4;
import org.bitindex.baseline.BlockQuantized;
import org.bitindex.baseline.Coo;
import org.bitindex.baseline.Csr;
import org.bitindex.baseline.DenseFloat16;
import org.bitindex.baseline.DenseFloat32;
import org.bitindex.baseline.HybridCsr;
import org.bitindex.baseline.Quantized4;
import org.bitindex.baseline.Quantized8;
import org.bitindex.baseline.SubScaledBlocks;
import org.bitindex.baseline.Zipped4;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Stores one matrix by every method: sizes, encoding times and errors, on one thread. A device
 * makes the planes of our codes where there is one.
 */
final class StorageMeasurement {
  private static final List<Function<Weights, Baseline>> BASELINES =
      List.of(
          DenseFloat32::new,
          DenseFloat16::new,
          Quantized8::new,
          Quantized4::new,
          Csr::new,
          Coo::new,
          HybridCsr::new);

  /** What users pick today; stored, but not multiplied with. */
  private static final List<Function<Weights, Baseline>> BLOCK_FORMATS =
      List.of(
          BlockQuantized::blocksOf32,
          BlockQuantized::blocksOf128,
          SubScaledBlocks::fourBits,
          BitmapQuantized4::new,
          Zipped4::new);

  /** Steps of uniform levels, as shares of a row's root mean square. */
  private static final List<Double> STEPS = List.of(0.15, 0.3, 0.5, 0.8);

  private final EvaluationPlan plan;
  private final TestMatrix matrix;
  private final @Nullable PlaneQuantizer device;
  private final long nonzeros;
  private final List<StorageRecord> records = new ArrayList<>();

  StorageMeasurement(EvaluationPlan plan, TestMatrix matrix, @Nullable PlaneQuantizer device) {
    this.plan = plan;
    this.matrix = matrix;
    this.device = device;
    nonzeros = matrix.nonzeros();
  }

  List<StorageRecord> run() {
    for (Code code : plan.codes()) {
      for (Layout layout : EvaluationPlan.LAYOUTS) {
        measure(recipe(code, layout, device));
      }
    }
    STEPS.forEach(this::measureUniform);
    BASELINES.forEach(this::measure);
    BLOCK_FORMATS.forEach(this::measure);
    return records;
  }

  /** On the CPU: see {@link #recipe(Code, Layout, PlaneQuantizer)}. */
  static Recipe recipe(Code code, Layout layout) {
    return recipe(code, layout, null);
  }

  /** One thread; the paper's codes have one scale for the tensor, ours one for each row. */
  private static Recipe recipe(Code code, Layout layout, @Nullable PlaneQuantizer device) {
    ScaleMode scaleMode =
        code instanceof Code.Binary || code instanceof Code.Affine
            ? ScaleMode.TENSOR
            : ScaleMode.ROW;
    return new Recipe(0, new Coding.MinMax(code), scaleMode, layout, 1, device);
  }

  static List<Baseline> baselines(Weights weights) {
    return BASELINES.stream().map(format -> format.apply(weights)).toList();
  }

  private void measure(Recipe recipe) {
    Consumer<Weights> encode = weights -> recipe.encode(weights).close();
    try (EncodedMatrix encoded = recipe.encode(matrix.weights())) {
      add(
          encoded.code().label(),
          recipe.layout().name(),
          encoded.setBits(),
          encoded.bytes(),
          encoded.entropyBytes(),
          encode,
          encoded);
    }
  }

  private void measureUniform(double step) {
    var layout = new Layout.Adaptive();
    var recipe = new Recipe(0, new Coding.Uniform(step), ScaleMode.ROW, layout, 1);
    try (EncodedMatrix encoded = recipe.encode(matrix.weights())) {
      add(
          "uniform " + step,
          layout.name(),
          encoded.setBits(),
          encoded.bytes(),
          encoded.entropyBytes(),
          weights -> recipe.encode(weights).close(),
          encoded);
    }
  }

  private void measure(Function<Weights, Baseline> format) {
    Consumer<Weights> encode =
        weights -> {
          var _ = format.apply(weights);
        };
    Baseline stored = format.apply(matrix.weights());
    add(stored.name(), StorageRecord.BASELINE, 0, stored.bytes(), Double.NaN, encode, stored);
  }

  private void add(
      String method,
      String layout,
      long setBits,
      long bytes,
      double entropyBytes,
      Consumer<Weights> encode,
      Weights stored) {
    Stopwatch.Timing timing = plan.stopwatch().time(() -> encode.accept(matrix.weights()));
    DenseMatrix decoded = DenseMatrix.copyOf(stored);
    ReconstructionError error = ReconstructionError.of(matrix.weights(), decoded, 1);
    TestMatrix.Key key = matrix.key();
    records.add(
        new StorageRecord(
            key.source(),
            key.rows(),
            key.columns(),
            key.sparsity(),
            matrix.run(),
            method,
            layout,
            nonzeros,
            setBits,
            bytes,
            entropyBytes,
            timing.medianMillis(),
            timing.heapBytes(),
            error.mse(),
            error.relativeError(),
            error.sqnrDecibel(),
            checksum(decoded)));
  }

  private static long checksum(DenseMatrix weights) {
    var checksum = new CRC32C();
    checksum.update(weights.data().toArray(ValueLayout.JAVA_BYTE));
    return checksum.getValue();
  }
}
