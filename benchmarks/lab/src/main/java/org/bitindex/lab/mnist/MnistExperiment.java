package org.bitindex.lab.mnist;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.baseline.Baseline;
import org.bitindex.baseline.Coo;
import org.bitindex.baseline.Csr;
import org.bitindex.baseline.DenseFloat16;
import org.bitindex.baseline.DenseFloat32;
import org.bitindex.baseline.HybridCsr;
import org.bitindex.baseline.Quantized4;
import org.bitindex.baseline.Quantized8;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.matrix.Weights;
import org.bitindex.nn.Classification;
import org.bitindex.nn.Sequential;
import org.bitindex.nn.train.DenseNetwork;
import org.bitindex.nn.train.Samples;

/**
 * LeNet-300-100 (LeCun et al. 1998) trained on digits, pruned step by step (Han et al. 2015), and
 * at each sparsity encoded in every way.
 */
final class MnistExperiment {
  private static final int[] WIDTHS = {MnistData.PIXELS, 300, 100, MnistData.CLASSES};
  private static final int CALIBRATION_DIGITS = 1000;

  private static final List<Function<Weights, Baseline>> DENSE_FORMATS =
      List.of(DenseFloat32::new, DenseFloat16::new, Quantized8::new, Quantized4::new);
  private static final List<Function<Weights, Baseline>> SPARSE_FORMATS =
      List.of(Csr::new, Coo::new, HybridCsr::new);

  private final MnistData data;
  private final MnistPlan plan;
  private final Backend backend;
  private final int activationBits;
  private final IntConsumer epochDone;
  private final float[] heldOut;

  /** A fine-tuned network with its line of the table. */
  record Tuned(MnistRow row, Code code, DenseNetwork network) {}

  private final List<MnistRow> rows = new ArrayList<>();
  private final List<Tuned> tuned = new ArrayList<>();

  /**
   * An experiment that {@link #run} carries out.
   *
   * @param backend multiplies the encoded layers
   * @param epochDone is called after each epoch of each training
   */
  MnistExperiment(
      MnistData data, MnistPlan plan, Backend backend, int activationBits, IntConsumer epochDone) {
    this.data = data;
    this.plan = plan;
    this.backend = backend;
    this.activationBits = activationBits;
    this.epochDone = epochDone;
    this.heldOut = data.heldOut().batch();
  }

  void run() {
    DenseNetwork network = DenseNetwork.random(plan.seed(), WIDTHS);
    for (double sparsity : plan.sparsities()) {
      if (sparsity == 0) {
        plan.trainer().train(network, data.training(), epochDone);
      } else {
        network.prune(sparsity);
        plan.retrainer().train(network, data.training(), epochDone);
      }
      for (var format : sparsity == 0 ? DENSE_FORMATS : SPARSE_FORMATS) {
        measureBaseline(new BaselineNetwork(network, format), sparsity);
      }
      List<GramMatrix> inputs = inputStatistics(network);
      for (Code code : plan.codes()) {
        measureCode(network, code, sparsity, inputs);
      }
    }
  }

  /** Statistics of the inputs of each layer over some training digits. */
  private List<GramMatrix> inputStatistics(DenseNetwork network) {
    Samples training = data.training();
    int count = Math.min(CALIBRATION_DIGITS, training.count());
    // Digits lie ordered by label: take them from all over.
    float[][] spread = new float[count][];
    for (int n = 0; n < count; n++) {
      spread[n] = training.inputs()[(int) ((long) n * training.count() / count)];
    }
    float[] batch = new Samples(spread, new int[count]).batch();
    List<float[]> values = new BaselineNetwork(network, DenseFloat32::new).apply(batch, count);
    List<GramMatrix> statistics = new ArrayList<>();
    for (int i = 0; i < network.layers().size(); i++) {
      var gram = new GramMatrix(network.layers().get(i).columns());
      gram.add(values.get(i), count, plan.threads());
      statistics.add(gram);
    }
    return statistics;
  }

  private void measureBaseline(BaselineNetwork network, double sparsity) {
    float[] logits = network.apply(heldOut, data.heldOut().count()).getLast();
    double accuracy = Classification.accuracy(logits, data.heldOut().labels());
    Map<Calibrating, Double> accuracies = Map.of(Calibrating.ENCODED, accuracy);
    rows.add(new MnistRow(network.name(), sparsity, network.bytes(), accuracies, null));
  }

  private void measureCode(
      DenseNetwork network, Code code, double sparsity, List<GramMatrix> inputs) {
    var accuracies = new EnumMap<Calibrating, Double>(Calibrating.class);
    Recipe minMax = recipe(new Coding.MinMax(code));
    Recipe fitted = tuningRecipe(code);
    accuracies.put(Calibrating.ENCODED, measure(network.encode(minMax)).accuracy());
    accuracies.put(Calibrating.LEAST_SQUARES, measure(network.encode(fitted)).accuracy());
    accuracies.put(Calibrating.CALIBRATED, measure(network.calibrate(fitted, inputs)).accuracy());
    DenseNetwork copy = network.copy();
    plan.tuner().fineTune(copy, fitted, data.training(), epochDone);
    Measured measured = measure(copy.encode(fitted));
    var row =
        new MnistRow(code.label(), sparsity, measured.bytes(), accuracies, measured.accuracy());
    rows.add(row);
    tuned.add(new Tuned(row, code, copy));
  }

  private Recipe recipe(Coding coding) {
    return new Recipe(coding).withThreads(plan.threads());
  }

  /** How weights are encoded while they are fine-tuned, and after it. */
  Recipe tuningRecipe(Code code) {
    return recipe(new Coding.LeastSquares(code));
  }

  private record Measured(long bytes, double accuracy) {}

  /** Measures encoded layers, and closes them. */
  private Measured measure(Sequential encoded) {
    NetworkOptions options = NetworkOptions.on(backend).withActivationBits(activationBits);
    try (encoded;
        Network network = encoded.open(options)) {
      long bytes = 0;
      for (Linear layer : encoded.layers()) {
        bytes += layer.weights().bytes() + (long) layer.weights().rows() * Float.BYTES;
      }
      int[] shape = {data.heldOut().count(), MnistData.PIXELS};
      float[] logits = network.run(Tensor.of(shape, heldOut)).floats();
      return new Measured(bytes, Classification.accuracy(logits, data.heldOut().labels()));
    }
  }

  /** All lines of the table, by sparsity; the first is dense FP32. */
  List<MnistRow> rows() {
    return rows;
  }

  /** The fine-tuned networks. */
  List<Tuned> tuned() {
    return tuned;
  }
}
