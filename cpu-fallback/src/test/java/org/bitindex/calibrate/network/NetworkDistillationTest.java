package org.bitindex.calibrate.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.MatrixUse;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** tanh(x W1) W2' + b: W1 stands in the graph as [in x out], W2 as [out x in]. */
class NetworkDistillationTest {
  private static final int IN = 24;
  private static final int HIDDEN = 32;
  private static final int OUT = 8;
  private static final int BATCH = 16;

  private final float[] first = Models.floats(1, IN * HIDDEN);
  private final float[] second = Models.floats(2, OUT * HIDDEN);
  private final NamedTensor bias = NamedTensor.of("b", List.of((long) OUT), Models.floats(3, OUT));
  private final Model model =
      Models.model(
          17,
          Models.graph(
              List.of("x"),
              List.of("y"),
              List.of(
                  Models.node("MatMul", "x w1", "p"),
                  Models.node("Tanh", "p", "h"),
                  Models.node("Gemm", "h w2 b", "y", Map.of("transB", new Attribute.Int(1)))),
              OnnxTensor.of("w1", List.of((long) IN, (long) HIDDEN), first),
              OnnxTensor.of("w2", List.of((long) OUT, (long) HIDDEN), second),
              OnnxTensor.of("b", List.of((long) OUT), bias.floats())));

  private static MatrixUse use(String tensor, boolean transposed) {
    return new MatrixUse(tensor, List.of(), 0, transposed, 1, List.of());
  }

  private Weights transposedFirst() {
    float[] turned = new float[first.length];
    for (int i = 0; i < HIDDEN; i++) {
      for (int j = 0; j < IN; j++) {
        turned[i * IN + j] = first[j * HIDDEN + i];
      }
    }
    return DenseMatrix.of(HIDDEN, IN, turned);
  }

  private NetworkDistillation distillation(Recipe recipe, int threads) {
    var trained = new NetworkDistillation(model, threads);
    Weights w1 = recipe.prune(transposedFirst());
    Weights w2 = recipe.prune(DenseMatrix.of(OUT, HIDDEN, second));
    trained.add("m1", w1, use("w1", true), recipe.encode(w1));
    trained.add("m2", w2, use("w2", false), recipe.encode(w2));
    trained.add(bias);
    return trained;
  }

  private static Map<String, Tensor> sample(int number) {
    return Map.of("x", Tensor.of(new int[] {BATCH, IN}, Models.floats(100 + number, BATCH * IN)));
  }

  private static double[] run(NetworkDistillation trained, int steps) {
    return trained.run(
        NetworkDistillationTest::sample,
        40,
        steps,
        (_, wanted, got, slopes) -> NetworkDistillation.squares(wanted, got, slopes),
        _ -> {});
  }

  private static List<int[]> integers(EncodedMatrix matrix) {
    List<int[]> rows = new ArrayList<>();
    for (int i = 0; i < matrix.rows(); i++) {
      int[] q = new int[matrix.columns()];
      matrix.readIntegers(i, q);
      rows.add(q);
    }
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"uniform", "ternary", "affine2", "binary"})
  void trainingBringsOutputsNearer(String code) {
    Coding coding =
        code.equals("uniform")
            ? new Coding.Uniform(1)
            : new Coding.LeastSquares(Code.parse(code.equals("ternary") ? "ternary" : code));
    double[] losses = run(distillation(new Recipe(coding), 2), 300);
    assertThat(losses[1]).isPositive().isLessThan(0.8 * losses[0]);
  }

  @Test
  void withoutStepsAllStaysAsItWas() {
    var recipe = new Recipe(new Coding.Uniform(0.7));
    NetworkDistillation trained = distillation(recipe, 1);
    double[] losses = run(trained, 0);
    assertThat(losses[0]).isPositive().isEqualTo(losses[1]);
    try (EncodedMatrix before = recipe.encode(transposedFirst());
        EncodedMatrix after = trained.matrix("m1")) {
      assertThat(integers(after)).containsExactlyElementsOf(integers(before));
      assertThat(after.scale(3)).isEqualTo(before.scale(3));
      assertThat(after.bytes()).isEqualTo(before.bytes());
    }
    assertThat(trained.carried(List.of(bias)).getFirst().floats()).containsExactly(bias.floats());
  }

  @Test
  void threadsChangeNoBit() {
    List<List<int[]>> matrices = new ArrayList<>();
    List<float[]> biases = new ArrayList<>();
    for (int threads : new int[] {1, 3}) {
      NetworkDistillation trained = distillation(new Recipe(new Coding.Uniform(1)), threads);
      run(trained, 60);
      try (EncodedMatrix matrix = trained.matrix("m1")) {
        matrices.add(integers(matrix));
      }
      biases.add(trained.carried(List.of(bias)).getFirst().floats());
    }
    assertThat(matrices.getFirst()).containsExactlyElementsOf(matrices.getLast());
    assertThat(biases.getFirst()).containsExactly(biases.getLast());
    assertThat(biases.getFirst()).isNotEqualTo(bias.floats());
  }

  @Test
  void prunedWeightsStayZero() {
    Recipe recipe =
        new Recipe(
            0.6,
            new Coding.Uniform(1),
            new Recipe(new Coding.Uniform(1)).scaleMode(),
            new Recipe(new Coding.Uniform(1)).layout(),
            2);
    NetworkDistillation trained = distillation(recipe, 2);
    run(trained, 100);
    Weights pruned = recipe.prune(transposedFirst());
    float[] row = new float[IN];
    int others = 0;
    try (EncodedMatrix matrix = trained.matrix("m1")) {
      List<int[]> rows = integers(matrix);
      for (int i = 0; i < HIDDEN; i++) {
        pruned.readRow(i, row);
        for (int j = 0; j < IN; j++) {
          if (row[j] == 0) {
            assertThat(rows.get(i)[j]).isZero();
          }
        }
        others += (int) Arrays.stream(rows.get(i)).filter(q -> q != 0).count();
      }
    }
    assertThat(others).isPositive();
  }

  @Test
  void aMatrixThatIsNoWholeInitializerIsRefused() {
    var recipe = new Recipe(new Coding.Uniform(1));
    var trained = new NetworkDistillation(model, 1);
    var part = new MatrixUse("w2", List.of(2L, 8L, 32L), 1, false, 1, List.of());
    Weights dense = DenseMatrix.of(OUT, HIDDEN, second);
    try (EncodedMatrix encoded = recipe.encode(dense)) {
      assertThatThrownBy(() -> trained.add("m", dense, part, encoded))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("matrix m is not all of tensor w2, and is not trained");
    }
    trained.add("m", dense, use("elsewhere", false), recipe.encode(dense));
    assertThatThrownBy(() -> run(trained, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("matrix m is no initializer of the graph, and is not trained");
    assertThatThrownBy(() -> trained.matrix("n"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no matrix n was added");
  }

  @Test
  void outputsThatAreNotFiniteDoNotCount() {
    Map<String, Tensor> slopes = new LinkedHashMap<>();
    var wanted = new LinkedHashMap<>(Map.of("y", Tensor.of(new int[] {2}, 2f, 1 / 0f)));
    var got = new LinkedHashMap<>(Map.of("y", Tensor.of(new int[] {2}, 3f, 1f)));
    assertThat(NetworkDistillation.squares(wanted, got, slopes)).isEqualTo(0.25);
    assertThat(requireNonNull(slopes.get("y")).floats()).containsExactly(0.5f, 0f);
  }
}
