package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.bert.Bert;
import org.bitindex.bert.BertEncoder;
import org.bitindex.bert.CalibrationInputs;
import org.bitindex.bert.LinearWeights;
import org.bitindex.bert.MiniLmFile;
import org.bitindex.bert.NamedRecipe;
import org.bitindex.bert.SentenceBatches;
import org.bitindex.bert.SentenceTokenizer;
import org.bitindex.bert.Similarities;
import org.bitindex.io.IfExists;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie embed}: which sentences of a file mean the same? */
@Command(
    name = "embed",
    description =
        "Embeds the lines of a text file with all-MiniLM-L6-v2 and prints the nearest pairs.",
    mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private MiniLmOptions model;
  @Mixin private BackendOptions backend;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "FILE",
      description = "UTF-8 text, a sentence a line; empty lines are left out")
  private Path input;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description =
          "encodes the linear layers of a dense model first, such as step0.5 or symmetric4; see bie minilm")
  private @Nullable String encoding;

  @Option(names = "--no-calibration", description = "encodes without calibration")
  private boolean noCalibration;

  @Option(
      names = "--save",
      paramLabel = "FILE",
      description = "writes the encoded model, which --model reads")
  private @Nullable Path save;

  @Option(names = "--force", description = "replaces an existing file")
  private boolean force;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "pairs to print (default: ${DEFAULT-VALUE})")
  private int pairs = 10;

  @Override
  public Integer call() throws IOException {
    List<String> sentences =
        Files.readAllLines(input).stream().filter(line -> !line.isBlank()).toList();
    if (sentences.size() < 2) {
      throw new IllegalArgumentException(
          input + " has " + sentences.size() + " sentences, a pair needs two");
    }
    if (save != null && encoding == null) {
      throw new ParameterException(command.commandLine(), "--save needs --encoding");
    }
    NamedRecipe recipe =
        encoding == null ? null : model.recipes(List.of(encoding), backend.threads()).getFirst();
    try (Backend opened = backend.open();
        MiniLmFile file = model.open()) {
      SentenceTokenizer tokenizer = model.openTokenizer(file);
      SentenceTokenizer.Tokens tokens = tokenizer.tokenize(sentences);
      warnOfTruncation(tokens, tokenizer);
      Bert<LinearWeights> weights = recipe == null ? file.model() : encode(file, tokenizer, recipe);
      try (var encoder =
          BertEncoder.of(weights, opened, backend.activationBits(), backend.threads())) {
        print(sentences, SentenceBatches.embed(encoder, tokens.ids()));
      }
    }
    return 0;
  }

  private Bert<LinearWeights> encode(
      MiniLmFile file, SentenceTokenizer tokenizer, NamedRecipe recipe) throws IOException {
    Bert<LinearWeights> dense = file.model();
    int threads = backend.threads();
    Bert<LinearWeights> encoded =
        recipe.encode(
            dense, noCalibration ? null : CalibrationInputs.collect(dense, tokenizer, threads));
    if (save != null) {
      file.write(encoded, save, force ? IfExists.REPLACE : IfExists.REFUSE, threads);
    }
    return encoded;
  }

  private void warnOfTruncation(SentenceTokenizer.Tokens tokens, SentenceTokenizer tokenizer) {
    if (tokens.truncated() > 0) {
      command
          .commandLine()
          .getErr()
          .printf(
              "bie: %d of %d sentences have more than %d tokens and were cut off there%n",
              tokens.truncated(), tokens.ids().size(), tokenizer.maxTokens());
    }
  }

  private void print(List<String> sentences, float[][] embeddings) {
    PrintWriter out = command.commandLine().getOut();
    for (Similarities.Pair pair : Similarities.nearest(embeddings, pairs)) {
      out.printf("%.4f  %s%n", pair.cosine(), sentences.get(pair.first()));
      out.printf("        %s%n", sentences.get(pair.second()));
    }
    out.flush();
  }
}
