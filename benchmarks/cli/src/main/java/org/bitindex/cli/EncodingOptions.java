package org.bitindex.cli;

import java.util.function.Supplier;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Coding.CodeChoice;
import org.bitindex.encode.Goal;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.encode.Thresholds;
import org.bitindex.layout.Layout;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How weights are pruned and encoded. An option that the chosen code ignores is bad usage. */
public final class EncodingOptions {
  private static final int DEFAULT_BITS = 4;

  private enum Encoding {
    BINARY,
    TERNARY,
    BITPLANE
  }

  private enum Mode {
    AFFINE,
    SYMMETRIC
  }

  /** How the steps of a code with a given number of bits are chosen. */
  public enum Steps {
    /** From the extremes. */
    MIN_MAX("min-max"),
    /** Clipped and scaled for the least error. */
    LEAST_SQUARES("least-squares");

    private final String name;

    Steps(String name) {
      this.name = name;
    }

    /** The coding of matrices whose code {@code code} chooses. */
    public Coding coding(CodeChoice code) {
      return this == LEAST_SQUARES ? new Coding.LeastSquares(code) : new Coding.MinMax(code);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private enum Per {
    FILE,
    MATRIX
  }

  private enum LayoutName {
    FLAT,
    BLOCKED,
    ADAPTIVE
  }

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--encoding",
      paramLabel = "CODE",
      description = "binary, ternary or bitplane (default: bitplane)")
  private Encoding encoding = Encoding.BITPLANE;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "of bitplane: symmetric (sign and magnitude, zero stays zero) or affine (from least to"
              + " greatest weight) (default: symmetric)")
  private @Nullable Mode mode;

  @Option(
      names = "--bits",
      paramLabel = "B",
      description = "of bitplane: 2 to 8 symmetric, 1 to 8 affine (default: 4)")
  private @Nullable Integer bits;

  @Option(
      names = "--steps",
      paramLabel = "STEPS",
      description =
          "of a code with a given number of bits: min-max, from the extremes as in the paper, or"
              + " least-squares, clipped and scaled for the least error (default: min-max)")
  private @Nullable Steps steps;

  @Option(
      names = "--bits-per-weight",
      paramLabel = "X",
      description =
          "instead of --bits: uniform steps as wide as needed to take at most X bits a weight, all"
              + " that is stored counted")
  private @Nullable Double bitsPerWeight;

  @Option(
      names = "--max-error",
      paramLabel = "E",
      description = "instead of --bits: uniform steps of at most the relative error E")
  private @Nullable Double maxError;

  @Option(
      names = "--min-sqnr",
      paramLabel = "DB",
      description = "instead of --bits: uniform steps of at least DB decibels of signal to noise")
  private @Nullable Double minSqnr;

  @Option(
      names = "--step",
      paramLabel = "A",
      description =
          "instead of --bits: uniform steps of A times the root mean square of a row's weights")
  private @Nullable Double step;

  @Option(
      names = "--per",
      paramLabel = "WHAT",
      description =
          "whether --bits-per-weight, --max-error or --min-sqnr holds for the file, with one A for"
              + " all matrices (--calibrate of an .onnx file: as many bytes as that, shared by what"
              + " they do for the outputs), or for each matrix (default: file)")
  private @Nullable Per per;

  @Option(
      names = "--threshold",
      paramLabel = "T",
      split = ",",
      description =
          "binary sets weights above T; ternary sets +1 above T and -1 below -T, or takes two:"
              + " LOWER,UPPER (default: 0)")
  private float @Nullable [] thresholds;

  @Option(
      names = "--density",
      paramLabel = "D",
      description =
          "instead of --threshold: the share of weights that are set, 0 to 1, the largest (ternary:"
              + " of largest magnitude) of each matrix")
  private @Nullable Double density;

  @Option(
      names = "--prune",
      paramLabel = "S",
      description =
          "first set the share S of each matrix that is least in magnitude to zero, 0 to 1"
              + " (default: 0)")
  private double sparsity;

  @Option(
      names = "--scale",
      paramLabel = "SCALE",
      description =
          "a scale for each tensor or row, or none (binary and ternary only) (default: row)")
  private ScaleMode scaleMode = ScaleMode.ROW;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = "flat, blocked or adaptive, the smallest (default: adaptive)")
  private LayoutName layoutName = LayoutName.ADAPTIVE;

  @Option(
      names = "--block-columns",
      paramLabel = "N",
      description = "blocked: columns of a block, a multiple of 64 up to 65536 (default: 256)")
  private @Nullable Integer blockColumns;

  @Option(
      names = "--block-rows",
      paramLabel = "N",
      description =
          "adaptive: rows of a block, which are read together (default: so many that it takes about"
              + " 16 KiB)")
  private @Nullable Integer blockRows;

  /** The recipes that the options describe; wrong or unused options are bad usage. */
  public MatrixRecipes recipes(int threads) {
    requireShare("--prune", sparsity);
    Goal goal = goal();
    if (goal == null) {
      refuse("--per", per, "fixed steps");
    }
    Layout layout = layout();
    Recipe recipe =
        checked(() -> new Recipe(sparsity, coding(goal != null), scaleMode(), layout, threads));
    return new MatrixRecipes(recipe, goal, per == Per.MATRIX);
  }

  private @Nullable Goal goal() {
    Goal goal = null;
    if (bitsPerWeight != null) {
      double bits = bitsPerWeight;
      goal = checked(() -> new Goal.BitsPerWeight(bits));
    }
    if (maxError != null) {
      requireFirst(goal, "--max-error");
      double error = maxError;
      goal = checked(() -> new Goal.RelativeError(error));
    }
    if (minSqnr != null) {
      requireFirst(goal, "--min-sqnr");
      double sqnr = minSqnr;
      goal = checked(() -> Goal.RelativeError.ofSqnr(sqnr));
    }
    return goal;
  }

  private void requireFirst(@Nullable Goal goal, String option) {
    if (goal != null) {
      throw badUsage(option + " does not go with another goal");
    }
  }

  private Coding coding(boolean hasGoal) {
    if (hasGoal || step != null) {
      if (hasGoal) {
        refuse("--step", step, "a goal");
      }
      String uniform = "uniform steps";
      refuse("--bits", bits, uniform);
      refuse("--mode", mode, uniform);
      refuse("--steps", steps, uniform);
      refuse("--threshold", thresholds, uniform);
      refuse("--density", density, uniform);
      refuse("--encoding", encoding == Encoding.BITPLANE ? null : encoding, uniform);
      return new Coding.Uniform(step == null ? 1 : step);
    }
    return (steps == null ? Steps.MIN_MAX : steps).coding(codeChoice());
  }

  private CodeChoice codeChoice() {
    if (encoding == Encoding.BITPLANE) {
      refuse("--threshold", thresholds, "bitplane");
      refuse("--density", density, "bitplane");
      Code code = checked(this::bitplane);
      return _ -> code;
    }
    boolean binary = encoding == Encoding.BINARY;
    String name = binary ? "binary" : "ternary";
    refuse("--mode", mode, name);
    refuse("--bits", bits, name);
    if (density != null) {
      refuse("--threshold", thresholds, "--density");
      double share = requireShare("--density", density);
      return weights ->
          binary ? Thresholds.binary(weights, share) : Thresholds.ternary(weights, share);
    }
    Code code = checked(binary ? this::binary : this::ternary);
    return _ -> code;
  }

  private Code bitplane() {
    int count = bits == null ? DEFAULT_BITS : bits;
    return mode == Mode.AFFINE ? new Code.Affine(count) : new Code.Symmetric(count);
  }

  private Code binary() {
    if (thresholds != null && thresholds.length != 1) {
      throw new IllegalArgumentException(
          "--threshold has " + thresholds.length + " values, binary takes 1");
    }
    return new Code.Binary(thresholds == null ? 0f : thresholds[0]);
  }

  private Code ternary() {
    if (thresholds == null) {
      return new Code.Ternary(0f, 0f);
    }
    if (thresholds.length > 2) {
      throw new IllegalArgumentException(
          "--threshold has " + thresholds.length + " values, ternary takes 1 or 2");
    }
    return thresholds.length == 1
        ? new Code.Ternary(-thresholds[0], thresholds[0])
        : new Code.Ternary(thresholds[0], thresholds[1]);
  }

  private ScaleMode scaleMode() {
    if (scaleMode == ScaleMode.NONE && encoding == Encoding.BITPLANE) {
      throw badUsage("--scale none does not go with bitplane");
    }
    return scaleMode;
  }

  private Layout layout() {
    return switch (layoutName) {
      case FLAT -> {
        refuse("--block-columns", blockColumns, "flat");
        refuse("--block-rows", blockRows, "flat");
        yield new Layout.Flat();
      }
      case BLOCKED -> {
        refuse("--block-rows", blockRows, "blocked");
        int columns = blockColumns == null ? Layout.Blocked.DEFAULT_BLOCK_COLUMNS : blockColumns;
        yield checked(() -> new Layout.Blocked(columns));
      }
      case ADAPTIVE -> {
        refuse("--block-columns", blockColumns, "adaptive");
        int rows = blockRows == null ? 0 : requirePositive("--block-rows", blockRows);
        yield new Layout.Adaptive(rows);
      }
    };
  }

  private int requirePositive(String option, int value) {
    if (value < 1) {
      throw badUsage(option + " is " + value + ", must be at least 1");
    }
    return value;
  }

  private double requireShare(String option, double share) {
    if (!(share >= 0 && share <= 1)) {
      throw badUsage(option + " is " + share + ", allowed are 0 to 1");
    }
    return share;
  }

  private void refuse(String option, @Nullable Object value, String choice) {
    if (value != null) {
      throw badUsage(option + " does not go with " + choice);
    }
  }

  private <T> T checked(Supplier<T> part) {
    try {
      return part.get();
    } catch (IllegalArgumentException e) {
      throw badUsage(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException badUsage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
