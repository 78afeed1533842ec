package org.bitindex.cli;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.regex.Pattern;
import org.bitindex.cli.text.Figures;
import org.bitindex.io.DenseFile;
import org.bitindex.io.ModelFile;
import org.bitindex.io.SafetensorsFile;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which matrices of a dense file a command works on: {@code --tensor}. */
public final class TensorOptions {
  @Option(
      names = "--tensor",
      paramLabel = "REGEX",
      description = "only matrices in whose name REGEX is found (default: all)")
  private @Nullable Pattern tensor;

  /**
   * The chosen matrices by name, at least one.
   *
   * @throws IllegalArgumentException if there is none
   */
  public SequencedMap<String, Weights> choose(DenseFile file) {
    SequencedMap<String, Weights> matrices = file.matrices();
    if (matrices.isEmpty()) {
      throw new IllegalArgumentException(
          file.path()
              + (file instanceof SafetensorsFile safetensors && ModelFile.describes(safetensors)
                  ? " is encoded already"
                  : " holds no 2-D floating tensors"));
    }
    SequencedMap<String, Weights> chosen = new LinkedHashMap<>();
    matrices.forEach((name, weights) -> {
      if (tensor == null || tensor.matcher(name).find()) {
        chosen.put(name, weights);
      }
    });
    if (chosen.isEmpty()) {
      throw new IllegalArgumentException(
          "no matrix of %s matches --tensor %s; there are %s"
              .formatted(file.path(), tensor, Figures.some(matrices.keySet())));
    }
    return chosen;
  }
}
