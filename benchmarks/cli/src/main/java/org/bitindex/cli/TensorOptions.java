package org.bitindex.cli;

import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.bitindex.cli.text.Figures;
import org.bitindex.io.DenseFile;
import org.bitindex.io.MatrixUse;
import org.bitindex.io.ModelFile;
import org.bitindex.io.SafetensorsFile;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Which matrices of a dense file a command works on: {@code --tensor}. */
public final class TensorOptions {
  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--tensor",
      paramLabel = "REGEX",
      description =
          "only matrices in whose name REGEX is found; also embeddings and others that are not"
              + " weights of products by their names (default: all weights of products)")
  private @Nullable String tensor;

  /**
   * The chosen matrices by name, at least one.
   *
   * @throws IllegalArgumentException if there is none, saying what there is
   */
  public SequencedMap<String, Weights> choose(DenseFile file) {
    Pattern pattern = tensor == null ? null : pattern(tensor);
    if (file instanceof SafetensorsFile safetensors && ModelFile.describes(safetensors)) {
      throw new IllegalArgumentException(file.path() + " is encoded already");
    }
    SequencedMap<String, Weights> chosen = new LinkedHashMap<>(file.matrices());
    if (pattern != null) {
      chosen.putAll(file.otherMatrices());
    }
    Set<String> known = new LinkedHashSet<>(chosen.keySet());
    if (pattern != null) {
      Set<String> matching = new LinkedHashSet<>();
      for (String name : known) {
        MatrixUse use = file.use(name);
        if (pattern.matcher(name).find()
            || use.aliases().stream().anyMatch(alias -> pattern.matcher(alias).find())) {
          // A tensor is encoded whole, all matrices of it.
          known.stream().filter(other -> file.use(other).isBeside(use)).forEach(matching::add);
        }
      }
      chosen.keySet().retainAll(matching);
    }
    if (!chosen.isEmpty()) {
      return chosen;
    }
    if (!known.isEmpty()) {
      throw new IllegalArgumentException(
          "no matrix of %s matches --tensor %s; there are %s"
              .formatted(file.path(), tensor, Figures.some(known)));
    }
    String others =
        file.otherMatrices().isEmpty()
            ? ""
            : "; --tensor takes " + Figures.some(file.otherMatrices().keySet());
    String kinds = String.join(", ", Figures.kinds(file, file.tensors().values()));
    throw new IllegalArgumentException(
        file.path()
            + " holds no weights of products, but "
            + (kinds.isEmpty() ? "nothing" : kinds)
            + others);
  }

  private Pattern pattern(String text) {
    try {
      return Pattern.compile(text);
    } catch (PatternSyntaxException e) {
      throw new ParameterException(
          command.commandLine(),
          "--tensor %s is not a regular expression: %s at character %d"
              .formatted(text, e.getDescription(), e.getIndex() + 1));
    }
  }
}
