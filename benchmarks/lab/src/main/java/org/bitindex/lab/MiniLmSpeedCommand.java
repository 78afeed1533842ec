package org.bitindex.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.bert.Bert;
import org.bitindex.bert.BertEncoder;
import org.bitindex.bert.LinearWeights;
import org.bitindex.bert.MiniLmFile;
import org.bitindex.bert.NamedRecipe;
import org.bitindex.bert.SentenceEncoder;
import org.bitindex.cli.BackendOptions;
import org.bitindex.cli.MiniLmOptions;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.lab.minilm.MiniLmEvaluation;
import org.bitindex.lab.minilm.MiniLmThroughput;
import org.bitindex.lab.minilm.OnnxRuntimeEncoder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bie minilm speed}: sentences a second beside ONNX Runtime. */
@Command(
    name = "speed",
    description =
        "Measures sentences a second of the dense and the encoded model and of ONNX Runtime's FP32"
            + " and int8 models, on the same sentences with the same threads; cosine to the dense"
            + " model, and memory that the backend holds for encoded linear layers.",
    mixinStandardHelpOptions = true)
final class MiniLmSpeedCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private MiniLmOptions model;
  @Mixin private BackendOptions backend;

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
        MiniLmFile file = model.open();
        var evaluation = evaluation(file, opened)) {
      int threads = backend.threads();
      PrintWriter out = command.commandLine().getOut();
      out.println("backend: " + opened.description() + ", threads: " + threads);
      var throughput = new MiniLmThroughput(model.openTokenizer(file), seconds);
      var table = new TextTable(headers());
      for (String ending : List.of(".onnx", "-q.onnx")) {
        String name = ending.equals(".onnx") ? "ONNX Runtime FP32" : "ONNX Runtime int8";
        try (var encoder = new OnnxRuntimeEncoder(model.fetched(ending), threads)) {
          add(table, name, throughput, evaluation, encoder);
        }
      }
      try (var encoder = encoder(file.model(), opened)) {
        add(table, "dense FP32", throughput, evaluation, encoder);
      }
      for (NamedRecipe named : chosen) {
        Bert<LinearWeights> encoded = named.encode(file.model(), null);
        try (var encoder = encoder(encoded, opened)) {
          add(table, named.name(), throughput, evaluation, encoder);
        }
      }
      out.println(table);
      out.flush();
    }
    return 0;
  }

  private BertEncoder encoder(Bert<LinearWeights> weights, Backend opened) {
    return BertEncoder.of(weights, opened, backend.activationBits(), backend.threads());
  }

  private MiniLmEvaluation evaluation(MiniLmFile file, Backend opened) throws IOException {
    return new MiniLmEvaluation(
        file, model.openTokenizer(file), opened, backend.activationBits(), backend.threads());
  }

  private String[] headers() {
    List<String> headers = new ArrayList<>(List.of("sentences a second"));
    for (int batch : batches) {
      headers.add("batch " + batch);
      headers.add("in linear layers");
      headers.add("memory");
    }
    headers.add("cosine");
    return headers.toArray(String[]::new);
  }

  private void add(
      TextTable table,
      String name,
      MiniLmThroughput throughput,
      MiniLmEvaluation evaluation,
      SentenceEncoder encoder) {
    List<String> cells = new ArrayList<>(List.of(name));
    for (int batch : batches) {
      MiniLmThroughput.Rate rate = throughput.measure(encoder, batch);
      cells.add("%.0f".formatted(rate.sentencesPerSecond()));
      cells.add(
          rate.linearShare().isEmpty()
              ? "-"
              : "%.0f %%".formatted(100 * rate.linearShare().getAsDouble()));
      cells.add(encoder instanceof BertEncoder ours ? Figures.bytes(ours.preparedBytes()) : "-");
    }
    cells.add("%.4f".formatted(evaluation.compare(encoder).meanCosine()));
    table.add(cells.toArray(String[]::new));
  }
}
