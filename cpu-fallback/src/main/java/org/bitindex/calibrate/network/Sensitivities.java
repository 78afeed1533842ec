package org.bitindex.calibrate.network;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Goal;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.graph.EncodedWeights;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.MatrixUse;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.TensorMap;

/**
 * What errors of each matrix do to the outputs of a network: the first time that one is asked for,
 * it is encoded alone, calibrated, and the network is run with it. From that follow steps that
 * differ between matrices.
 */
public final class Sensitivities {
  /** Runs a model, always on the same samples. */
  @FunctionalInterface
  public interface Run {
    /** The elements of each floating output. */
    List<float[]> outputs(Model model);
  }

  /** About three bits. Between two and four, errors grow alike (within a fifth, on MiniLM). */
  private static final double REFERENCE_STEP = 0.5;

  private final Model model;
  private final ProductMoments moments;
  private final Run run;
  private final Recipe trial;
  private final List<float[]> reference;
  private final Map<MatrixUse, Double> known = new HashMap<>();

  /**
   * Runs the model as it is.
   *
   * @param moments of the inputs of its products; they are kept
   * @param threads number of threads, at least 1; the result does not depend on it
   */
  public Sensitivities(Model model, ProductMoments moments, Run run, int threads) {
    this.model = model;
    this.moments = moments.copy();
    this.trial = new Recipe(new Coding.Uniform(REFERENCE_STEP)).withThreads(threads);
    this.run = run;
    this.reference = run.outputs(model);
  }

  /**
   * A recipe for each matrix, with steps by {@link Goal#alphas}.
   *
   * @param recipe but for its coding
   * @param matrices by name
   * @param uses how they stand in the model, by name
   * @throws IllegalArgumentException as {@link Goal#alphas}
   */
  public Map<String, Recipe> recipes(
      Recipe recipe,
      Goal goal,
      SequencedMap<String, ? extends Weights> matrices,
      Function<String, MatrixUse> uses) {
    double[] sensitivities = new double[matrices.size()];
    int i = 0;
    for (Map.Entry<String, ? extends Weights> entry : matrices.entrySet()) {
      sensitivities[i++] = of(entry.getValue(), uses.apply(entry.getKey()));
    }
    double[] alphas = goal.alphas(recipe, List.copyOf(matrices.values()), sensitivities);
    Map<String, Recipe> recipes = new LinkedHashMap<>();
    for (String name : matrices.keySet()) {
      recipes.put(name, recipe.with(new Coding.Uniform(alphas[recipes.size()])));
    }
    return recipes;
  }

  /**
   * The squared error of the outputs over that of the weights, where this matrix alone is encoded.
   *
   * @param use how it stands in the model
   */
  public double of(Weights weights, MatrixUse use) {
    return known.computeIfAbsent(use, _ -> measure(weights, use));
  }

  private double measure(Weights weights, MatrixUse use) {
    NetworkCalibration calibration = NetworkCalibration.of(model, moments.copy());
    Map<String, NamedTensor> biases = new HashMap<>();
    String bias = calibration.bias(use.tensor());
    OnnxTensor initial = bias == null ? null : initializer(bias);
    if (initial != null && initial.type() == DataType.FLOAT) {
      var tensor = NamedTensor.of(initial.name(), initial.shape(), initial.floats());
      biases.put(tensor.name(), calibration.carried(tensor));
    }
    try (EncodedMatrix encoded = calibration.encode(trial, weights, use.tensor(), use.index())) {
      double noise = ReconstructionError.of(weights, encoded, trial.threads()).noise();
      return noise == 0
          ? 0
          : error(run.outputs(with(EncodedWeights.Part.of(encoded, use), use.tensor(), biases)))
              / noise;
    }
  }

  private OnnxTensor initializer(String name) {
    return model.graph().initializers().values().stream()
        .filter(tensor -> tensor.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Model with(EncodedWeights.Part part, String name, Map<String, NamedTensor> biases) {
    return new TensorMap() {
      @Override
      protected OnnxTensor map(OnnxTensor tensor) {
        NamedTensor bias = biases.get(tensor.name());
        if (bias != null) {
          return OnnxTensor.of(tensor.name(), tensor.shape(), bias.floats());
        }
        if (!tensor.name().equals(name)) {
          return tensor;
        }
        Tensor copy = Tensor.of(tensor);
        part.decode(copy.floats());
        return copy.toOnnx(name);
      }
    }.apply(model);
  }

  /** The sum over outputs of ||y - z||^2 / ||y||^2, of the elements that are finite in both. */
  private double error(List<float[]> outputs) {
    double error = 0;
    for (int o = 0; o < outputs.size(); o++) {
      float[] y = reference.get(o);
      float[] z = Arrays.copyOf(outputs.get(o), y.length);
      double signal = 0;
      double noise = 0;
      for (int i = 0; i < y.length; i++) {
        double difference = (double) y[i] - z[i];
        if (Double.isFinite(difference)) {
          signal += (double) y[i] * y[i];
          noise += difference * difference;
        }
      }
      error += noise / (signal == 0 ? 1 : signal);
    }
    return error;
  }
}
