package org.bitindex.lab;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.bitindex.baseline.Baseline;
import org.bitindex.baseline.BlockQuantized;
import org.bitindex.baseline.SubScaledBlocks;
import org.bitindex.cli.JsonOption;
import org.bitindex.cli.TensorOptions;
import org.bitindex.cli.ThreadOptions;
import org.bitindex.cli.measure.Workload;
import org.bitindex.cli.text.Progress;
import org.bitindex.cli.text.TextTable;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Goal;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bie equal-bytes}: uniform steps beside what users pick today, in the same bytes. */
@Command(
    name = "equal-bytes",
    description =
        "Compares the error of uniform steps with that of other formats that take as many bytes:"
            + " of a Gaussian matrix, or of all matrices of a file together.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "error: ||W - V|| / ||W||. limit: 2^-R, the least error that R bits a weight allow where weights are Gaussian."
    })
final class EqualBytesCommand implements Callable<Integer> {
  /**
   * A format, and uniform steps in at most as many bytes.
   *
   * @param bitsPerWeight all that the format stores counted
   * @param error ||W - V|| / ||W|| over all matrices
   * @param oursBitsPerWeight what uniform steps take, of at most 8 bits
   * @param ours their error
   * @param limit 2^-bitsPerWeight
   */
  private record Line(
      String format,
      double bitsPerWeight,
      double error,
      double oursBitsPerWeight,
      double ours,
      double limit) {}

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "dense weights (default: Gaussian ones, 1024 x 1024)")
  private @Nullable Path input;

  @Mixin private TensorOptions tensors;

  @Option(
      names = "--bits",
      split = ",",
      paramLabel = "N",
      description = "of the formats' integers, 2 to 8 (default: ${DEFAULT-VALUE})")
  private List<Integer> bits = List.of(2, 3, 4, 5);

  @Mixin private ThreadOptions threads;
  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    List<Line> lines;
    if (input == null) {
      lines = compare(List.of(Workload.weights("1024x1024", 1)));
    } else {
      try (DenseFile file = DenseFile.open(input)) {
        lines = compare(tensors.choose(file).values());
      }
    }
    json.print(lines, () -> table(lines));
    return 0;
  }

  private List<Line> compare(Collection<Weights> matrices) {
    SequencedMap<String, Function<Weights, Baseline>> formats = new LinkedHashMap<>();
    for (int b : bits) {
      formats.put(
          "int%d by rows".formatted(b),
          weights -> new BlockQuantized(weights, b, weights.columns()));
      formats.put(
          "int%d blocks of 128".formatted(b), weights -> new BlockQuantized(weights, b, 128));
      formats.put("int%d blocks of 32".formatted(b), weights -> new BlockQuantized(weights, b, 32));
      formats.put("int%d sub-scaled".formatted(b), weights -> new SubScaledBlocks(weights, b));
    }
    List<Line> lines = new ArrayList<>();
    try (var progress = Progress.start("comparing", formats.size())) {
      formats.forEach((name, format) -> {
        lines.add(compare(name, format, matrices));
        progress.step(1);
      });
    }
    return lines;
  }

  private Line compare(
      String name, Function<Weights, Baseline> format, Collection<Weights> matrices) {
    long bytes = 0;
    var error = ReconstructionError.NONE;
    for (Weights weights : matrices) {
      Baseline stored = format.apply(weights);
      bytes += stored.bytes();
      error = error.plus(ReconstructionError.of(weights, stored, threads.count()));
    }
    double bitsPerWeight = Byte.SIZE * bytes / error.weights();
    Recipe recipe = new Recipe(new Coding.Uniform(1)).withThreads(threads.count());
    double alpha = new Goal.BitsPerWeight(bitsPerWeight).alpha(recipe, matrices);
    long oursBytes = 0;
    var ours = ReconstructionError.NONE;
    for (Weights weights : matrices) {
      try (EncodedMatrix encoded = recipe.with(new Coding.Uniform(alpha)).encode(weights)) {
        oursBytes += encoded.bytes();
        ours = ours.plus(ReconstructionError.of(weights, encoded, threads.count()));
      }
    }
    return new Line(
        name,
        bitsPerWeight,
        error.relativeError(),
        Byte.SIZE * oursBytes / ours.weights(),
        ours.relativeError(),
        Math.pow(2, -bitsPerWeight));
  }

  private static TextTable table(List<Line> lines) {
    var table =
        new TextTable(
            "format",
            "bits/weight",
            "error",
            "steps: bits/weight",
            "error",
            "ratio",
            "limit",
            "ratio");
    for (Line line : lines) {
      table.add(
          line.format,
          "%.2f".formatted(line.bitsPerWeight),
          "%.4f".formatted(line.error),
          "%.2f".formatted(line.oursBitsPerWeight),
          "%.4f".formatted(line.ours),
          "%.2f".formatted(line.ours / line.error),
          "%.4f".formatted(line.limit),
          "%.2f".formatted(line.limit / line.error));
    }
    return table;
  }
}
