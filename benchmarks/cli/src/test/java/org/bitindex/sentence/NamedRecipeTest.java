package org.bitindex.sentence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.bitindex.encode.Coding;
import org.bitindex.encode.Goal;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamedRecipeTest {
  @Test
  void stepsOfTrainingStandLast() {
    NamedRecipe recipe = NamedRecipe.of("bits3.1-pruned50+distill400", 1);
    assertThat(recipe.distillation()).isEqualTo(400);
    assertThat(recipe.goal()).isEqualTo(new Goal.BitsPerWeight(3.1));
    assertThat(recipe.recipe().sparsity()).isEqualTo(0.5);
    assertThat(NamedRecipe.of("step0.3", 1).distillation()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"symmetric4", "affine1", "ternary", "binary"})
  void codesAreSpeltAsEverywhere(String label) {
    NamedRecipe recipe = NamedRecipe.of("min-max-" + label + "-pruned80", 1);
    Coding.MinMax coding = (Coding.MinMax) recipe.recipe().coding();
    assertThat(coding.code().of(DenseMatrix.of(1, 3, -1, 0, 1)).label()).isEqualTo(label);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bits3+distill",
        "bits3+distill-4",
        "bits3+distill1000000",
        "+distill4",
        "ternary3",
        "binary7",
        "min-max-ternary2",
        "symmetric",
        "symmetric1",
        "affine9",
        "bits"
      })
  void otherSpellingsAreRefused(String name) {
    assertThatThrownBy(() -> NamedRecipe.of(name, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no recipe is named " + name + "; names are ");
  }
}
