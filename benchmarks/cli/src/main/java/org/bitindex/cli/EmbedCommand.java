package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextFile;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;
import org.bitindex.io.IfExists;
import org.bitindex.sentence.NamedRecipe;
import org.bitindex.sentence.SentenceModel;
import org.bitindex.sentence.Similarities;
import org.bitindex.text.Tokenizer;
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
        "Embeds the lines of a text file with a sentence encoder and prints the nearest pairs.",
    mixinStandardHelpOptions = true)
final class EmbedCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private MiniLmOptions model;
  @Mixin private BackendOptions backend;
  @Mixin private PrecisionOptions precision;

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
          "encodes the products of a dense model first, such as step0.5 or symmetric4; see bie"
              + " minilm")
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
      names = "--prefix",
      paramLabel = "TEXT",
      description = "put before each sentence, such as \"query: \" for e5")
  private String prefix = "";

  @Option(
      names = "--pooling",
      paramLabel = "KIND",
      description =
          "a sentence's vector, of those of its tokens: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE}; bge takes FIRST)")
  private Pooling pooling = Pooling.MEAN;

  @Option(
      names = "--pairs",
      paramLabel = "N",
      description = "pairs to print (default: ${DEFAULT-VALUE})")
  private int pairs = 10;

  @Override
  public Integer call() throws IOException {
    List<String> sentences = TextFile.read(input).lines().filter(line -> !line.isBlank()).toList();
    if (sentences.size() < 2) {
      throw new IllegalArgumentException(
          input + " has " + Figures.count(sentences.size(), "sentence") + ", a pair needs two");
    }
    if (save != null && encoding == null) {
      throw new ParameterException(command.commandLine(), "--save needs --encoding");
    }
    if (save != null) {
      OutputOptions.requireFree(save, force, List.of(input, model.path(), model.tokenizer()));
    }
    Tokenizer tokenizer = model.openTokenizer();
    List<String> texts = sentences.stream().map(line -> prefix + line).toList();
    warnOfTruncation(texts, tokenizer);
    Path encoded = encoding == null ? null : encode(encoding, tokenizer);
    Path path = encoded == null ? model.path() : encoded;
    try (OpenedNetwork opened = OpenedNetwork.open(path, backend, precision)) {
      print(sentences, embed(opened, tokenizer, texts));
    } finally {
      if (encoded != null && save == null) {
        Files.deleteIfExists(encoded);
      }
    }
    return 0;
  }

  private float[][] embed(OpenedNetwork opened, Tokenizer tokenizer, List<String> texts) {
    try {
      // The opened network is closed by its owner.
      var embedder = new TextEmbedder(opened.network(), tokenizer, pooling);
      return embedder.embed(texts).toArray(float[][]::new);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(opened.path() + ": " + e.getMessage(), e);
    }
  }

  /** The encoded model's file, which is a temporary one where it is not to be saved. */
  private Path encode(String name, Tokenizer tokenizer) throws IOException {
    int threads = backend.threads();
    NamedRecipe recipe = model.recipes(List.of(name), threads).getFirst();
    try (SentenceModel dense = model.openDense()) {
      Path target = save == null ? Files.createTempFile("embed", ".bie.safetensors") : save;
      dense.write(
          recipe,
          noCalibration ? null : dense.calibration(tokenizer, threads),
          target,
          force || save == null ? IfExists.REPLACE : IfExists.REFUSE,
          threads);
      return target;
    }
  }

  private void warnOfTruncation(List<String> texts, Tokenizer tokenizer) {
    long truncated = texts.stream().filter(text -> tokenizer.encode(text).truncated()).count();
    if (truncated > 0) {
      command
          .commandLine()
          .getErr()
          .printf(
              "bie: %s cut off after %d tokens, of %s%n",
              Figures.count(truncated, "sentence"),
              tokenizer.maxTokens(),
              Figures.count(texts.size(), "sentence"));
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
