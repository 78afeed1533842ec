package org.bitindex.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.bitindex.backend.Backend;
import org.bitindex.baseline.Baseline;
import org.bitindex.baseline.BlockQuantized;
import org.bitindex.baseline.Quantized4;
import org.bitindex.baseline.Quantized8;
import org.bitindex.baseline.SubScaledBlocks;
import org.bitindex.cli.BackendOptions;
import org.bitindex.cli.JsonOption;
import org.bitindex.cli.MiniLmOptions;
import org.bitindex.cli.text.Progress;
import org.bitindex.cli.text.TextTable;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.lab.minilm.MiniLmEvaluation;
import org.bitindex.lab.minilm.OnnxRuntimeEncoder;
import org.bitindex.matrix.Weights;
import org.bitindex.sentence.NamedRecipe;
import org.bitindex.sentence.SentenceCalibration;
import org.bitindex.sentence.SentenceModel;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bie minilm}: what encoding does to a sentence encoder. */
@Command(
    name = "minilm",
    description =
        "Encodes the products of all-MiniLM-L6-v2 in many ways, without and with calibration,"
            + " and compares embeddings and sizes with the dense model's.",
    mixinStandardHelpOptions = true,
    subcommands = MiniLmSpeedCommand.class)
final class MiniLmCommand implements Callable<Integer> {
  /** What users pick today, rounded to nearest. */
  private static final SequencedMap<String, Function<Weights, Baseline>> FORMATS =
      new LinkedHashMap<>();

  static {
    FORMATS.put("int8 by rows", Quantized8::new);
    FORMATS.put("int4 by rows", Quantized4::new);
    FORMATS.put("int4, blocks of 32 (Q4_0)", BlockQuantized::blocksOf32);
    FORMATS.put("int4, blocks of 128", BlockQuantized::blocksOf128);
    FORMATS.put("int4, sub-scaled (Q4_K)", SubScaledBlocks::fourBits);
    FORMATS.put("int3, sub-scaled", weights -> new SubScaledBlocks(weights, 3));
  }

  /**
   * One form of the model.
   *
   * @param calibrated null where that does not apply
   */
  private record Line(
      String recipe, @Nullable Boolean calibrated, MiniLmEvaluation.Result result) {}

  @Mixin private MiniLmOptions model;
  @Mixin private BackendOptions backend;
  @Mixin private JsonOption json;

  @Option(
      names = "--recipes",
      split = ",",
      paramLabel = "NAME",
      description =
          "recipes to evaluate, such as step0.5, bits3, symmetric4, min-max-affine4 or symmetric4-pruned80"
              + " (default: some of each, and what users pick today)")
  private @Nullable List<String> recipes;

  @Option(names = "--no-calibration", description = "only recipes as they are, without inputs")
  private boolean uncalibrated;

  @Override
  public Integer call() throws IOException {
    List<NamedRecipe> chosen =
        model.recipes(recipes == null ? NamedRecipe.ALL : recipes, backend.threads());
    PrintWriter remarks = json.remarks();
    try (Backend opened = backend.open();
        SentenceModel dense = model.openDense()) {
      Tokenizer tokenizer = model.openTokenizer();
      NetworkOptions options =
          NetworkOptions.on(opened)
              .withActivationBits(backend.activationBits())
              .withThreads(backend.threads());
      var evaluation = new MiniLmEvaluation(dense, tokenizer, options);
      remarks.println("backend: " + opened.description());
      printAgreement(remarks, evaluation, tokenizer);
      List<Line> lines =
          evaluate(
              evaluation,
              chosen,
              uncalibrated ? null : dense.calibration(tokenizer, backend.threads()),
              recipes == null ? FORMATS : new LinkedHashMap<>());
      json.print(lines, () -> table(lines));
    }
    return 0;
  }

  private void printAgreement(PrintWriter out, MiniLmEvaluation evaluation, Tokenizer tokenizer) {
    try (var peer = new OnnxRuntimeEncoder(model.fetched(".onnx"), tokenizer, backend.threads())) {
      MiniLmEvaluation.Agreement agreement = evaluation.compare(peer);
      out.printf(
          "FP32 against ONNX Runtime: mean cosine %.7f, worst %.7f%n",
          agreement.meanCosine(), agreement.worstCosine());
      out.flush();
    }
  }

  private static List<Line> evaluate(
      MiniLmEvaluation evaluation,
      List<NamedRecipe> recipes,
      @Nullable SentenceCalibration inputs,
      SequencedMap<String, Function<Weights, Baseline>> formats)
      throws IOException {
    List<Line> lines = new ArrayList<>();
    try (var progress = Progress.start("evaluating", 2 + recipes.size() + formats.size())) {
      lines.add(new Line("FP32", null, evaluation.dense()));
      progress.step(1);
      lines.add(new Line("FP32, words in 8 bits", null, evaluation.denseWithEncodedWords()));
      progress.step(1);
      for (NamedRecipe named : recipes) {
        lines.add(new Line(named.name(), false, evaluation.evaluate(named, null)));
        if (inputs != null) {
          lines.add(new Line(named.name(), true, evaluation.evaluate(named, inputs)));
        }
        progress.step(1);
      }
      formats.forEach((name, format) -> {
        lines.add(new Line(name, null, evaluation.evaluate(format)));
        progress.step(1);
      });
    }
    return lines;
  }

  private static TextTable table(List<Line> lines) {
    var table =
        new TextTable(
            "recipe",
            "calibrated",
            "linear MB",
            "smaller",
            "file MB",
            "smaller",
            "cosine",
            "worst",
            "rank");
    for (Line line : lines) {
      MiniLmEvaluation.Result result = line.result;
      table.add(
          line.recipe,
          line.calibrated == null ? "-" : line.calibrated ? "yes" : "no",
          "%.2f".formatted(result.linearBytes() / 1e6),
          "%.2f".formatted(result.linearRatio()),
          "%.2f".formatted(result.fileBytes() / 1e6),
          "%.2f".formatted(result.fileRatio()),
          "%.4f".formatted(result.agreement().meanCosine()),
          "%.4f".formatted(result.agreement().worstCosine()),
          "%.4f".formatted(result.agreement().rank()));
    }
    return table;
  }
}
