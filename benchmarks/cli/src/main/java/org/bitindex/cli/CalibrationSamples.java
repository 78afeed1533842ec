package org.bitindex.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.calibrate.network.NetworkDistillation;
import org.bitindex.calibrate.network.ProductMoments;
import org.bitindex.cli.text.Progress;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Model;

/**
 * Samples on which networks of one model run, with dense weights.
 *
 * @param words as the user wrote them
 */
record CalibrationSamples(List<String> words, int threads) {
  /** So many pieces of the samples, evenly spread, show what a change does. */
  private static final int PIECES = 8;

  private static final int SAMPLES_OF_PIECE = 8;

  /** Samples of a step of training. */
  private static final int STEP = 32;

  /** The inputs of all products. */
  ProductMoments moments(Model model) throws IOException {
    var moments = new ProductMoments(threads);
    NetworkOptions options = options().withListener(moments);
    try (Network network = Network.of(model, Map.of(), options);
        NetworkInputs inputs = open(network);
        Progress progress = Progress.start("running", Math.max(1, inputs.samples()))) {
      NetworkRun.of(network, inputs, progress::step);
    }
    return moments;
  }

  /**
   * The floating outputs on some of the samples, or on all where they cannot be told apart or are
   * few.
   */
  List<float[]> outputs(Model model) {
    List<float[]> outputs = new ArrayList<>();
    try (Network network = Network.of(model, Map.of(), options());
        NetworkInputs inputs = open(network)) {
      long samples = inputs.samples();
      if (samples <= PIECES * SAMPLES_OF_PIECE || !NetworkRun.sharesFirst(network)) {
        add(network.run(inputs.all()), outputs);
      } else {
        for (int i = 0; i < PIECES; i++) {
          long first = i * samples / PIECES;
          add(network.run(inputs.part(first, SAMPLES_OF_PIECE)), outputs);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return outputs;
  }

  /**
   * Trains on the samples, some a step where they can be told apart.
   *
   * @return as {@link NetworkDistillation#run}
   */
  double[] distil(Model model, NetworkDistillation trained, int steps) {
    try (Network network = Network.of(model, Map.of(), options());
        NetworkInputs inputs = open(network);
        Progress progress = Progress.start("training", Math.max(1, steps))) {
      boolean apart = inputs.samples() > STEP && NetworkRun.sharesFirst(network);
      return trained.run(
          step -> apart ? inputs.part((long) step * STEP, STEP) : inputs.all(),
          apart ? (int) (inputs.samples() / STEP) : 1,
          steps,
          (_, wanted, got, slopes) -> NetworkDistillation.squares(wanted, got, slopes),
          _ -> progress.step(1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void add(SequencedMap<String, Tensor> results, List<float[]> outputs) {
    for (Tensor result : results.values()) {
      if (result.elements() instanceof float[] floats) {
        outputs.add(floats);
      }
    }
  }

  private NetworkOptions options() {
    return NetworkOptions.dense().withThreads(threads);
  }

  private NetworkInputs open(Network network) throws IOException {
    return NetworkInputs.open("--calibrate", words, network);
  }
}
