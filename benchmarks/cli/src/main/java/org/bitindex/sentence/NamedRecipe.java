package org.bitindex.sentence;

import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bitindex.calibrate.network.Sensitivities;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Goal;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.encode.Thresholds;
import org.bitindex.io.OnnxFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A recipe by its name: {@code step0.5} for uniform steps, {@code bits3.1} for steps that take so
 * many bits a weight over all products, shared by what their errors do where calibrated, a code as
 * {@link Code#parse} reads it ({@code symmetric4}, {@code affine3}, {@code ternary}, {@code
 * binary}) by least squares, {@code min-max-} before a code for the paper's steps, {@code
 * -pruned80} behind for the share of zeros in percent, and {@code +distill400} last for so many
 * steps of training where calibrated.
 *
 * @param name for people and for the command line
 * @param recipe with a scale for each row, in the adaptive layout; with a goal but for its steps
 * @param goal of the steps, or null
 * @param distillation steps of training, 0 for none
 */
public record NamedRecipe(String name, Recipe recipe, @Nullable Goal goal, int distillation) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:step(?<step>[0-9.]+)|bits(?<size>[0-9.]+)|(?<minMax>min-max-)?(?<code>[a-z]+[0-9]?))"
              + "(?:-pruned(?<pruned>[0-9]+))?(?:\\+distill(?<distill>[0-9]{1,6}))?");

  /** What `bie minilm` compares. */
  public static final List<String> ALL =
      List.of(
          "min-max-symmetric8",
          "min-max-symmetric4",
          "min-max-affine4",
          "min-max-affine2",
          "symmetric4",
          "symmetric3",
          "symmetric2",
          "ternary",
          "binary",
          "symmetric4-pruned80",
          "symmetric4-pruned90",
          "step0.2",
          "step0.3",
          "step0.5",
          "step0.7",
          "step1");

  /**
   * The recipe of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static NamedRecipe of(String name, int threads) {
    Matcher matcher = NAME.matcher(name);
    if (!matcher.matches()) {
      throw unknown(name, null);
    }
    String pruned = matcher.group("pruned");
    double sparsity = pruned == null ? 0 : Integer.parseInt(pruned) / 100.0;
    String size = matcher.group("size");
    String steps = matcher.group("distill");
    return new NamedRecipe(
        name,
        new Recipe(sparsity, coding(matcher), ScaleMode.ROW, new Layout.Adaptive(), threads),
        size == null ? null : new Goal.BitsPerWeight(Double.parseDouble(size)),
        steps == null ? 0 : Integer.parseInt(steps));
  }

  private static IllegalArgumentException unknown(String name, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "no recipe is named "
            + name
            + "; names are step0.5, bits3.1, symmetric4, affine4, ternary, binary, with min-max- before a"
            + " code, and -pruned80 or +distill400 behind",
        cause);
  }

  private static Coding coding(Matcher matcher) {
    String step = matcher.group("step");
    if (step != null || matcher.group("size") != null) {
      return new Coding.Uniform(step == null ? 1 : Double.parseDouble(step));
    }
    Coding.CodeChoice code;
    try {
      code = code(Code.parse(matcher.group("code")));
    } catch (IllegalArgumentException e) {
      throw unknown(matcher.group(), e);
    }
    return matcher.group("minMax") == null
        ? new Coding.LeastSquares(code)
        : new Coding.MinMax(code);
  }

  private static Coding.CodeChoice code(Code named) {
    return switch (named) {
      case Code.Ternary _ -> weights -> Thresholds.ternary(weights, 0.5);
      case Code.Binary _ -> weights -> Thresholds.binary(weights, 0.5);
      case Code.Affine _, Code.Symmetric _ -> _ -> named;
    };
  }

  /**
   * The recipe of each matrix of a network.
   *
   * @param sensitivities of the network, or null where nothing is known of its inputs
   * @throws IllegalArgumentException if the goal cannot be reached
   */
  public Function<String, Recipe> of(
      OnnxFile file, @Nullable Supplier<Sensitivities> sensitivities) {
    SequencedMap<String, Weights> products = file.matrices();
    if (goal == null) {
      return _ -> recipe;
    }
    if (sensitivities == null) {
      Recipe common = recipe.with(new Coding.Uniform(goal.alpha(recipe, products.values())));
      return _ -> common;
    }
    return sensitivities.get().recipes(recipe, goal, products, file::use)::get;
  }

  /** The recipes of some names. */
  public static List<NamedRecipe> of(Stream<String> names, int threads) {
    return names.map(name -> of(name, threads)).toList();
  }
}
