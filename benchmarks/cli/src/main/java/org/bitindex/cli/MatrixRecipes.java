package org.bitindex.cli;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Goal;
import org.bitindex.encode.Recipe;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * How each of some matrices is encoded.
 *
 * @param recipe but for the width of uniform steps where there is a goal
 * @param goal what uniform steps shall reach, or null where the recipe is all
 * @param perMatrix whether each matrix shall reach it by itself, or all together with one width
 */
public record MatrixRecipes(Recipe recipe, @Nullable Goal goal, boolean perMatrix) {
  /**
   * The recipe of each of {@code matrices}.
   *
   * @throws IllegalArgumentException if the goal cannot be reached
   */
  public Function<Weights, Recipe> of(Collection<? extends Weights> matrices) {
    if (goal == null) {
      return _ -> recipe;
    }
    if (perMatrix) {
      return matrix -> reaching(goal, List.of(matrix));
    }
    Recipe together = reaching(goal, matrices);
    return _ -> together;
  }

  /**
   * The recipe of each of {@code matrices}; where there is a goal for all together, with steps by
   * {@link Goal#alphas}.
   *
   * @param sensitivities of all matrices, by name
   */
  Map<String, Recipe> of(
      SequencedMap<String, ? extends Weights> matrices, Map<String, Double> sensitivities) {
    Map<String, Recipe> recipes = new LinkedHashMap<>();
    if (goal == null || perMatrix) {
      Function<Weights, Recipe> chosen = of(matrices.values());
      matrices.forEach((name, weights) -> recipes.put(name, chosen.apply(weights)));
      return recipes;
    }
    double[] known =
        matrices.keySet().stream()
            .mapToDouble(name -> sensitivities.getOrDefault(name, 0.0))
            .toArray();
    double[] alphas = goal.alphas(recipe, List.copyOf(matrices.values()), known);
    for (String name : matrices.keySet()) {
      recipes.put(name, recipe.with(new Coding.Uniform(alphas[recipes.size()])));
    }
    return recipes;
  }

  /** The same with planes made by {@code device}. */
  MatrixRecipes on(PlaneQuantizer device) {
    return new MatrixRecipes(recipe.on(device), goal, perMatrix);
  }

  private Recipe reaching(Goal wanted, Collection<? extends Weights> matrices) {
    return recipe.with(new Coding.Uniform(wanted.alpha(recipe, matrices)));
  }
}
