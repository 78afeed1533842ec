package org.bitindex.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.cli.BackendOptions;
import org.bitindex.cli.JsonOption;
import org.bitindex.cli.MiniLmOptions;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.io.IfExists;
import org.bitindex.lab.minilm.MiniLmEvaluation;
import org.bitindex.lab.minilm.MiniLmThroughput;
import org.bitindex.lab.minilm.OnnxRuntimeEncoder;
import org.bitindex.lab.minilm.SentenceEncoder;
import org.bitindex.sentence.NamedRecipe;
import org.bitindex.sentence.SentenceModel;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bie minilm speed}: sentences a second beside ONNX Runtime. */
@Command(
    name = "speed",
    description =
        "Measures sentences a second of the dense and the encoded model and of ONNX Runtime's FP32"
            + " and int8 models, on the same sentences with the same threads; cosine to the dense"
            + " model, and memory of prepared weights and constants.",
    mixinStandardHelpOptions = true)
final class MiniLmSpeedCommand implements Callable<Integer> {
  /** One encoder, and its mean cosine to the dense model. */
  private record Line(String name, List<Rate> rates, double cosine) {}

  /**
   * Sentences a second in batches.
   *
   * @param memoryBytes of prepared weights after them, null for ONNX Runtime
   */
  private record Rate(int batch, double perSecond, @Nullable Long memoryBytes) {}

  @Mixin private MiniLmOptions model;
  @Mixin private BackendOptions backend;
  @Mixin private JsonOption json;

  @Option(
      names = "--recipes",
      split = ",",
      paramLabel = "NAME",
      description = "encoded models to measure (default: ${DEFAULT-VALUE})")
  private List<String> recipes = List.of("step0.3", "step0.5", "symmetric4", "symmetric2");

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      description = "sentences of a batch (default: ${DEFAULT-VALUE})")
  private List<Integer> batches = List.of(1, 32);

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "least length of each of 5 measurements (default: ${DEFAULT-VALUE})")
  private double seconds = 0.5;

  @Override
  public Integer call() throws IOException {
    List<NamedRecipe> chosen = model.recipes(recipes, backend.threads());
    try (Backend opened = backend.open();
        SentenceModel dense = model.openDense()) {
      int threads = backend.threads();
      NetworkOptions options =
          NetworkOptions.on(opened)
              .withActivationBits(backend.activationBits())
              .withThreads(threads);
      json.remarks().println("backend: " + opened.description() + ", threads: " + threads);
      Tokenizer tokenizer = model.openTokenizer();
      var throughput = new MiniLmThroughput(tokenizer, seconds);
      var evaluation = new MiniLmEvaluation(dense, tokenizer, options);
      List<Line> lines = new ArrayList<>();
      for (String ending : List.of(".onnx", "-q.onnx")) {
        String name = ending.equals(".onnx") ? "ONNX Runtime FP32" : "ONNX Runtime int8";
        try (var encoder = new OnnxRuntimeEncoder(model.fetched(ending), tokenizer, threads)) {
          lines.add(measure(name, throughput, evaluation, encoder, null));
        }
      }
      Network network = dense.network(options);
      try (var embedder = new TextEmbedder(network, tokenizer, Pooling.MEAN)) {
        lines.add(measure("dense FP32", throughput, evaluation, embedder::embed, network));
      }
      for (NamedRecipe named : chosen) {
        Path path = Files.createTempFile("speed", ".bie.safetensors");
        try {
          dense.write(named, null, path, IfExists.REPLACE, threads);
          Network encoded = Network.open(path, options);
          try (var embedder = new TextEmbedder(encoded, tokenizer, Pooling.MEAN)) {
            lines.add(measure(named.name(), throughput, evaluation, embedder::embed, encoded));
          }
        } finally {
          Files.deleteIfExists(path);
        }
      }
      json.print(lines, () -> table(lines));
    }
    return 0;
  }

  private Line measure(
      String name,
      MiniLmThroughput throughput,
      MiniLmEvaluation evaluation,
      SentenceEncoder encoder,
      @Nullable Network ours) {
    List<Rate> rates = new ArrayList<>();
    for (int batch : batches) {
      double perSecond = throughput.measure(encoder, batch);
      rates.add(new Rate(batch, perSecond, ours == null ? null : ours.preparedBytes()));
    }
    return new Line(name, rates, evaluation.compare(encoder).meanCosine());
  }

  private TextTable table(List<Line> lines) {
    List<String> headers = new ArrayList<>(List.of("sentences a second"));
    for (int batch : batches) {
      headers.add("batch " + batch);
      headers.add("memory");
    }
    headers.add("cosine");
    var table = new TextTable(headers.toArray(String[]::new));
    for (Line line : lines) {
      List<String> cells = new ArrayList<>(List.of(line.name));
      for (Rate rate : line.rates) {
        cells.add("%.0f".formatted(rate.perSecond));
        cells.add(rate.memoryBytes == null ? "-" : Figures.bytes(rate.memoryBytes));
      }
      cells.add("%.4f".formatted(line.cosine));
      table.add(cells.toArray(String[]::new));
    }
    return table;
  }
}
