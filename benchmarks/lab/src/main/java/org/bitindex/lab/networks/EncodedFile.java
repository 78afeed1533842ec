package org.bitindex.lab.networks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.bitindex.calibrate.network.NetworkCalibration;
import org.bitindex.calibrate.network.NetworkDistillation;
import org.bitindex.calibrate.network.ProductMoments;
import org.bitindex.calibrate.network.Sensitivities;
import org.bitindex.cli.text.Progress;
import org.bitindex.code.Code;
import org.bitindex.encode.Recipe;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.io.IfExists;
import org.bitindex.io.MatrixUse;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;
import org.bitindex.sentence.NamedRecipe;
import org.jspecify.annotations.Nullable;

/** Writes a network with encoded weights, as {@code bie encode --calibrate} does. */
final class EncodedFile implements AutoCloseable {
  /** Every fourth batch shows what errors of a matrix do. */
  private static final int EVERY = 4;

  private final RealNetwork network;
  private final int threads;
  private final OnnxFile file;
  private final Model model;
  private final ProductMoments moments;
  private @Nullable Sensitivities sensitivities;

  /** Runs a network on its samples for calibration. */
  EncodedFile(RealNetwork network, int threads) throws IOException {
    this.network = network;
    this.threads = threads;
    this.file = OnnxFile.open(network.model());
    this.model = file.graph();
    this.moments = moments(network, model, threads);
  }

  /**
   * Encodes all weights of products, calibrated on the network's own samples for that, and
   * embeddings and depthwise convolutions, which are decoded to be used, in eight bits.
   */
  void write(NamedRecipe recipe, Path target) throws IOException {
    Recipe others = Recipe.readByRows(new Code.Symmetric(8), threads);
    Function<String, Recipe> recipes = recipe.of(file, this::sensitivities);
    var calibration = NetworkCalibration.of(model, moments.copy());
    var writer = new ModelWriter().graph(model);
    SequencedMap<String, Weights> products = file.matrices();
    SequencedMap<String, Weights> rest = file.otherMatrices();
    List<NamedTensor> carried =
        file.tensorsWithout(products.keySet()).stream()
            .filter(tensor -> !rest.containsKey(tensor.name()))
            .map(calibration::carried)
            .toList();
    rest.forEach((name, weights) ->
        writer.use(name, file.use(name)).add(name, () -> others.encode(weights)));
    Function<String, EncodedMatrix> encoding =
        name -> {
          MatrixUse use = file.use(name);
          return calibration.encode(
              recipes.apply(name), file.matrix(name), use.tensor(), use.index());
        };
    if (recipe.distillation() == 0) {
      add(writer, carried, encoding);
    } else {
      var trained = new NetworkDistillation(model, threads);
      products.forEach((name, weights) -> {
        Weights pruned = recipe.recipe().prune(weights);
        trained.add(name, pruned, file.use(name), encoding.apply(name));
      });
      carried.forEach(trained::add);
      train(trained, recipe.distillation());
      add(writer, trained.carried(carried), trained::matrix);
    }
    writer.write(target, IfExists.REPLACE);
  }

  /** What errors of each matrix do to what users take from the network. */
  private Sensitivities sensitivities() {
    if (sensitivities == null) {
      List<Batch> batches = network.calibration();
      NetworkOptions options = NetworkOptions.dense().withThreads(threads);
      sensitivities =
          new Sensitivities(
              model,
              moments,
              changed -> {
                try (Network dense = Network.of(changed, Map.of(), options)) {
                  Runner runner = dense::run;
                  return IntStream.range(0, batches.size())
                      .filter(i -> i % EVERY == 0)
                      .mapToObj(i -> network.results(runner, batches.get(i)))
                      .flatMap(List::stream)
                      .toList();
                }
              },
              threads);
    }
    return sensitivities;
  }

  private void add(
      ModelWriter writer, List<NamedTensor> carried, Function<String, EncodedMatrix> encoding) {
    carried.forEach(writer::add);
    for (String name : file.matrices().keySet()) {
      writer.use(name, file.use(name)).add(name, () -> encoding.apply(name));
    }
  }

  private void train(NetworkDistillation trained, int steps) {
    List<Batch> batches = network.training();
    try (var progress = Progress.start("training", steps)) {
      trained.run(
          i -> batches.get(i).inputs(),
          batches.size(),
          steps,
          (i, wanted, got, slopes) -> network.loss(batches.get(i), wanted, got, slopes),
          _ -> progress.step(1));
    }
  }

  private static ProductMoments moments(RealNetwork network, Model model, int threads) {
    var moments = new ProductMoments(threads);
    NetworkOptions options = NetworkOptions.dense().withThreads(threads).withListener(moments);
    try (Network dense = Network.of(model, Map.of(), options)) {
      network.calibration().forEach(batch -> dense.run(batch.inputs()));
    }
    return moments;
  }

  @Override
  public void close() {
    file.close();
  }
}
