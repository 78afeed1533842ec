package org.bitindex.calibrate.network;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.graph.train.Parameter;
import org.bitindex.graph.train.TrainedNetwork;
import org.bitindex.io.MatrixUse;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;

/**
 * Trains the integers of encoded weights, and the vectors beside them (biases, norms), so that a
 * network says what it says with dense weights. Samples need no labels. Each step runs both on some
 * samples and moves the numbers that integers are rounded from by the derivative at the rounded
 * ones (Bengio et al. 2013). Code, scales and rounding stay, and so does the size, nearly.
 *
 * <p>Memory holds five times the dense weights of products and all values between operators. Steps
 * have the same bits on every machine.
 */
public final class NetworkDistillation {
  /** The first steps move a number by at most this part of the distance of two levels. */
  private static final double RATE = 0.008;

  /** They move an element of a vector by at most this part of the root mean square of all. */
  private static final double VECTOR_RATE = 0.0005;

  /** Runs, evenly spread over the samples, that are compared before and after. */
  private static final int CHECKED = 8;

  private final Model model;
  private final int threads;
  private final Map<String, String> tensors = new HashMap<>();
  private final Map<String, TrainedLevels> matrices = new LinkedHashMap<>();
  private final Map<String, Parameter> vectors = new LinkedHashMap<>();
  private boolean isBetter;

  /** What the outputs of two networks say of each other, such as {@link #squares}. */
  @FunctionalInterface
  public interface Loss {
    /**
     * How far outputs are from those wanted.
     *
     * @param sample number of the samples that both networks ran on
     * @param slopes takes the derivative by each output that counts, by name
     */
    double of(
        int sample,
        SequencedMap<String, Tensor> wanted,
        SequencedMap<String, Tensor> got,
        Map<String, Tensor> slopes);
  }

  /**
   * Nothing to train yet.
   *
   * @param model with dense weights; must stay open
   * @param threads number of threads, at least 1; the result does not depend on it
   */
  public NetworkDistillation(Model model, int threads) {
    this.model = model;
    this.threads = threads;
  }

  /**
   * A matrix to train.
   *
   * @param dense what was encoded; of pruned weights, what was left
   * @param use how it stands in the model
   * @param encoded where training begins; taken over
   * @throws IllegalArgumentException if it is not all of its tensor
   */
  public void add(String name, Weights dense, MatrixUse use, EncodedMatrix encoded) {
    long elements = 1;
    for (long size : use.shape(dense.rows(), dense.columns())) {
      elements *= size;
    }
    if (elements != (long) dense.rows() * dense.columns() || use.factor() != 1) {
      throw new IllegalArgumentException(
          "matrix %s is not all of tensor %s, and is not trained".formatted(name, use.tensor()));
    }
    if (tensors.put(use.tensor(), name) != null) {
      throw new IllegalArgumentException(
          "tensor %s is used in two ways, and is not trained".formatted(use.tensor()));
    }
    matrices.put(name, new TrainedLevels(dense, use, encoded, threads));
  }

  /** A tensor that is carried beside the weights; trained if it is a vector of floats. */
  public void add(NamedTensor tensor) {
    if (tensor.type() == DType.F32 && tensor.shape().size() == 1) {
      float[] values = tensor.floats();
      vectors.put(tensor.name(), Parameter.of(DenseMatrix.of(1, values.length, values)));
    }
  }

  /**
   * Trains. What is not nearer to the dense network in the end is left as it was.
   *
   * @param samples inputs of a run, by number
   * @param count how many there are, at least 1
   * @param steps runs to train with
   * @param listener gets the number of each step
   * @return the mean loss of some runs before and after
   * @throws IllegalArgumentException naming a node whose operator is not trained
   */
  public double[] run(
      IntFunction<? extends Map<String, Tensor>> samples,
      int count,
      int steps,
      Loss loss,
      IntConsumer listener) {
    NetworkOptions options = NetworkOptions.dense().withThreads(threads);
    try (Network dense = Network.of(model, Map.of(), options)) {
      var trained = new TrainedNetwork(model, parameters(), threads);
      IntFunction<Run> runs =
          sample -> {
            Map<String, Tensor> inputs = samples.apply(sample);
            Map<String, Tensor> slopes = new HashMap<>();
            SequencedMap<String, Tensor> wanted = dense.run(inputs);
            return new Run(loss.of(sample, wanted, trained.forward(inputs), slopes), slopes);
          };
      double before = mean(runs, count);
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        order.add(i);
      }
      var random = new Random(1);
      for (int step = 0; step < steps; step++) {
        listener.accept(step);
        if (step % count == 0) {
          Collections.shuffle(order, random);
        }
        trained.backward(runs.apply(order.get(step % count)).slopes);
        move((1 + StrictMath.cos(Math.PI * step / steps)) / 2, step + 1);
      }
      double after = mean(runs, count);
      isBetter = after < before;
      return new double[] {before, after};
    }
  }

  /** What one run says. */
  private record Run(double loss, Map<String, Tensor> slopes) {}

  private static double mean(IntFunction<Run> runs, int count) {
    int some = Math.min(CHECKED, count);
    double sum = 0;
    for (int i = 0; i < some; i++) {
      sum += runs.apply((int) ((long) i * count / some)).loss;
    }
    return sum / some;
  }

  private Map<String, Parameter> parameters() {
    Map<String, Parameter> parameters = new HashMap<>();
    Set<TrainedLevels> found = new HashSet<>();
    model
        .graph()
        .initializers()
        .forEach((value, tensor) -> {
          TrainedLevels levels = matrices.get(tensors.getOrDefault(tensor.name(), ""));
          Parameter vector = vectors.get(tensor.name());
          if (levels != null) {
            parameters.put(value, levels.parameter());
            found.add(levels);
          } else if (vector != null) {
            parameters.put(value, vector);
          }
        });
    matrices.forEach((name, levels) -> {
      if (!found.contains(levels)) {
        throw new IllegalArgumentException(
            "matrix " + name + " is no initializer of the graph, and is not trained");
      }
    });
    return parameters;
  }

  private void move(double share, int count) {
    for (TrainedLevels levels : matrices.values()) {
      levels.parameter().step(RATE * share, count);
      levels.use();
    }
    for (Parameter vector : vectors.values()) {
      vector.step(VECTOR_RATE * share * vector.magnitude(), count);
      vector.useValues();
    }
  }

  /** What became of a matrix, which the caller closes; asked for once. */
  public EncodedMatrix matrix(String name) {
    TrainedLevels levels = matrices.get(name);
    if (levels == null) {
      throw new IllegalArgumentException("no matrix " + name + " was added");
    }
    return isBetter ? levels.matrix() : levels.start();
  }

  /** What became of tensors that are carried. */
  public List<NamedTensor> carried(List<NamedTensor> before) {
    return before.stream().map(this::carried).toList();
  }

  private NamedTensor carried(NamedTensor tensor) {
    Parameter vector = vectors.get(tensor.name());
    return vector == null || !isBetter
        ? tensor
        : NamedTensor.of(tensor.name(), tensor.shape(), vector.values.clone());
  }

  /** The sum over outputs of ||y - z||^2 / ||y||^2, of the elements that are finite in both. */
  public static double squares(
      SequencedMap<String, Tensor> wanted,
      SequencedMap<String, Tensor> got,
      Map<String, Tensor> slopes) {
    double loss = 0;
    for (Map.Entry<String, Tensor> output : got.entrySet()) {
      Tensor target = wanted.get(output.getKey());
      if (target == null
          || !(target.elements() instanceof float[] y)
          || !(output.getValue().elements() instanceof float[] z)) {
        continue;
      }
      float[] slope = new float[z.length];
      double signal = 0;
      double noise = 0;
      for (int i = 0; i < z.length; i++) {
        float difference = z[i] - y[i];
        if (Float.isFinite(difference)) {
          signal += (double) y[i] * y[i];
          noise += (double) difference * difference;
          slope[i] = 2 * difference;
        }
      }
      float unit = (float) (signal == 0 ? 1 : signal);
      for (int i = 0; i < z.length; i++) {
        slope[i] /= unit;
      }
      loss += noise / unit;
      slopes.put(output.getKey(), Tensor.of(target.shape(), slope));
    }
    return loss;
  }
}
