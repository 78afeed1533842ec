package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.bert.MiniLmFile;
import org.bitindex.bert.NamedRecipe;
import org.bitindex.bert.SentenceTokenizer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Where all-MiniLM-L6-v2 is: {@code --model}, {@code --tokenizer}. */
public final class MiniLmOptions {
  /** System property with the path of the ONNX model; setup.sh sets it. */
  private static final String PROPERTY = "bie.minilm";

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec command;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description =
          "all-MiniLM-L6-v2, as ONNX or encoded (default: what './setup.sh fetch minilm' fetched)")
  private @Nullable Path model;

  @Option(
      names = "--tokenizer",
      paramLabel = "FILE",
      description = "its tokenizer.json (default: beside the fetched model)")
  private @Nullable Path tokenizer;

  public MiniLmFile open() throws IOException {
    return MiniLmFile.open(model == null ? fetched(".onnx") : model);
  }

  public SentenceTokenizer openTokenizer(MiniLmFile file) throws IOException {
    return SentenceTokenizer.open(
        tokenizer == null ? fetched("-tokenizer.json") : tokenizer,
        file.model().positions().rows());
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
