package org.bitindex.sentence;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.encode.Thresholds;
import org.bitindex.layout.Layout;

/**
 * A recipe by its name: {@code step0.5} for uniform steps, a code with its bits ({@code
 * symmetric4}, {@code affine3}, {@code ternary}, {@code binary}) by least squares, {@code min-max-}
 * before a code for the paper's steps, {@code -pruned80} behind for the share of zeros in percent.
 *
 * @param name for people and for the command line
 * @param recipe with a scale for each row, in the adaptive layout
 */
public record NamedRecipe(String name, Recipe recipe) {
  private static final Pattern NAME =
      Pattern.compile(
          "(?:step(?<step>[0-9.]+)|(?<minMax>min-max-)?(?<code>symmetric|affine|ternary|binary)"
              + "(?<bits>[1-8])?)(?:-pruned(?<pruned>[0-9]+))?");

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
      throw new IllegalArgumentException(
          "no recipe is named "
              + name
              + "; names are step0.5, symmetric4, affine4, ternary, binary, with min-max- before a"
              + " code or -pruned80 behind");
    }
    String pruned = matcher.group("pruned");
    double sparsity = pruned == null ? 0 : Integer.parseInt(pruned) / 100.0;
    return new NamedRecipe(
        name, new Recipe(sparsity, coding(matcher), ScaleMode.ROW, new Layout.Adaptive(), threads));
  }

  private static Coding coding(Matcher matcher) {
    if (matcher.group("step") != null) {
      return new Coding.Uniform(Double.parseDouble(matcher.group("step")));
    }
    Coding.CodeChoice code = code(matcher.group("code"), matcher.group("bits"));
    return matcher.group("minMax") == null
        ? new Coding.LeastSquares(code)
        : new Coding.MinMax(code);
  }

  private static Coding.CodeChoice code(String name, String digits) {
    if (name.equals("ternary")) {
      return weights -> Thresholds.ternary(weights, 0.5);
    }
    if (name.equals("binary")) {
      return weights -> Thresholds.binary(weights, 0.5);
    }
    int bits = digits == null ? 4 : Integer.parseInt(digits);
    Code code = name.equals("affine") ? new Code.Affine(bits) : new Code.Symmetric(bits);
    return _ -> code;
  }

  /** The recipes of some names. */
  public static List<NamedRecipe> of(Stream<String> names, int threads) {
    return names.map(name -> of(name, threads)).toList();
  }
}
