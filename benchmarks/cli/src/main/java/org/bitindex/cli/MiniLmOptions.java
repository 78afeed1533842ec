package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.sentence.NamedRecipe;
import org.bitindex.sentence.SentenceModel;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Where a sentence encoder is: {@code --model}, {@code --tokenizer}. */
public final class MiniLmOptions {
  /** System property with the path of the ONNX model; setup.sh sets it. */
  private static final String PROPERTY = "bie.minilm";

  private static final int MOST_TOKENS = 512;

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "a sentence encoder of the BERT family, as ONNX or encoded (default: all-MiniLM-L6-v2,"
              + " which './setup.sh fetch minilm' fetched)")
  private @Nullable Path model;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "its tokenizer.json (default: beside the fetched model)")
  private @Nullable Path tokenizer;

  /** The model's file. */
  public Path path() {
    return model == null ? fetched(".onnx") : model;
  }

  /**
   * The dense model, to encode.
   *
   * @throws IOException if it cannot be read
   */
  public SentenceModel openDense() throws IOException {
    if (!path().toString().endsWith(".onnx")) {
      throw new CommandLine.ParameterException(
          command.commandLine(), path() + " is encoded already; --model takes an .onnx file here");
    }
    return SentenceModel.open(path());
  }

  /** The tokenizer, with the limit of models of the BERT family, or that of its file. */
  public Tokenizer openTokenizer() throws IOException {
    return Tokenizer.open(tokenizer()).withMaxTokens(MOST_TOKENS);
  }

  /** The tokenizer's file. */
  Path tokenizer() {
    return tokenizer == null ? fetched("-tokenizer.json") : tokenizer;
  }

  /** The recipes of these names. */
  public List<NamedRecipe> recipes(List<String> names, int threads) {
    try {
      return NamedRecipe.of(names.stream(), threads);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  /** A file that setup.sh fetched: the dense model's path with another ending. */
  public Path fetched(String ending) {
    String path = System.getProperty(PROPERTY);
    if (path == null) {
      throw new CommandLine.ParameterException(
          command.commandLine(),
          "no model: run './setup.sh fetch minilm', or give --model and --tokenizer");
    }
    return Path.of(path.replaceFirst("\\.onnx$", ending));
  }
}
