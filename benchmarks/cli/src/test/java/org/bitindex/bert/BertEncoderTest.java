package org.bitindex.bert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class BertEncoderTest {
  private static final int VOCABULARY = 50;
  private static final int POSITIONS = 20;
  private static final int HIDDEN = 36;
  private static final int HEADS = 3;
  private static final int INTERMEDIATE = 70;

  private final Random random = new Random(7);
  private final Bert<LinearWeights> dense = tinyBert();
  private final Bert<LinearWeights> encoded =
      dense.map(layer -> {
        var encoder = new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Adaptive(), 1);
        return new LinearWeights(encoder.encode(layer.weights()), layer.bias());
      });
  private final List<int[]> sentences =
      IntStream.of(1, 2, 7, 20, 3, 3, 11)
          .mapToObj(length -> random.ints(length, 0, VOCABULARY).toArray())
          .toList();

  private Bert<LinearWeights> tinyBert() {
    List<Bert.Block<LinearWeights>> blocks = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      blocks.add(
          new Bert.Block<>(
              linear(HIDDEN, HIDDEN),
              linear(HIDDEN, HIDDEN),
              linear(HIDDEN, HIDDEN),
              linear(HIDDEN, HIDDEN),
              norm(),
              linear(INTERMEDIATE, HIDDEN),
              linear(HIDDEN, INTERMEDIATE),
              norm()));
    }
    return new Bert<>(
        DenseMatrix.of(VOCABULARY, HIDDEN, floats(VOCABULARY * HIDDEN, 1)),
        DenseMatrix.of(POSITIONS, HIDDEN, floats(POSITIONS * HIDDEN, 1)),
        floats(HIDDEN, 1),
        norm(),
        blocks,
        HEADS);
  }

  private LinearWeights linear(int rows, int columns) {
    float[] weights = floats(rows * columns, 1 / Math.sqrt(columns));
    return new LinearWeights(DenseMatrix.of(rows, columns, weights), floats(rows, 0.1));
  }

  private LayerNorm norm() {
    return new LayerNorm(floats(HIDDEN, 1), floats(HIDDEN, 0.1));
  }

  private float[] floats(int count, double scale) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) (random.nextGaussian() * scale);
    }
    return values;
  }

  private static float[][] embed(
      Bert<LinearWeights> model, String backend, int threads, List<int[]> sentences) {
    try (Backend opened = Backends.open(backend, threads);
        BertEncoder encoder = BertEncoder.of(model, opened, 24, threads)) {
      return encoder.embed(sentences);
    }
  }

  static Stream<String> availableBackends() {
    return Backends.providers().stream()
        .filter(provider -> provider.availability() instanceof Availability.Ready)
        .map(BackendProvider::name);
  }

  @ParameterizedTest
  @MethodSource("availableBackends")
  void everyBackendAndThreadCountGivesTheBitsOfTheScalarBackend(String backend) {
    float[][] expected = embed(encoded, "scalar", 1, sentences);
    for (int threads : new int[] {1, 2, 3}) {
      assertThat(embed(encoded, backend, threads, sentences)).isDeepEqualTo(expected);
    }
  }

  @ParameterizedTest
  @MethodSource("availableBackends")
  void aSentenceGetsTheSameBitsAloneAndInABatch(String backend) {
    float[][] together = embed(encoded, backend, 2, sentences);
    for (int s = 0; s < sentences.size(); s++) {
      assertThat(embed(encoded, backend, 2, List.of(sentences.get(s)))[0]).isEqualTo(together[s]);
    }
  }

  @Test
  void denseWeightsGiveTheSameBitsForEveryThreadCountAndBatch() {
    float[][] together = embed(dense, "scalar", 1, sentences);
    assertThat(embed(dense, "scalar", 3, sentences)).isDeepEqualTo(together);
    for (int s = 0; s < sentences.size(); s++) {
      assertThat(embed(dense, "scalar", 1, List.of(sentences.get(s)))[0]).isEqualTo(together[s]);
    }
  }

  @Test
  void denseLayerIsAChainOfFusedMultiplyAddsThenTheBias() {
    LinearWeights layer = linear(INTERMEDIATE, HIDDEN);
    int batch = 7;
    float[] input = floats(batch * HIDDEN, 1);
    float[] output = new float[batch * INTERMEDIATE];
    try (var workers = new Workers(2)) {
      new FloatLayer(layer, workers).apply(input, batch, output);
    }
    float[] row = new float[HIDDEN];
    for (int i = 0; i < INTERMEDIATE; i++) {
      layer.weights().readRow(i, row);
      for (int n = 0; n < batch; n++) {
        float sum = 0;
        for (int j = 0; j < HIDDEN; j++) {
          sum = Math.fma(input[n * HIDDEN + j], row[j], sum);
        }
        assertThat(output[n * INTERMEDIATE + i]).isEqualTo(sum + layer.bias()[i]);
      }
    }
  }

  @Test
  void embeddingsHaveLengthOneAndEncodedOnesAreNearTheDense() {
    float[][] exact = embed(dense, "scalar", 1, sentences);
    float[][] near = embed(encoded, "scalar", 1, sentences);
    for (int s = 0; s < exact.length; s++) {
      assertThat(Sums.dot(exact[s], 0, exact[s], 0, HIDDEN)).isBetween(1 - 1e-6, 1 + 1e-6);
      assertThat(Sums.dot(exact[s], 0, near[s], 0, HIDDEN)).isBetween(0.9, 0.99999);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "symmetric4",
        "symmetric2",
        "affine3",
        "min-max-affine4",
        "step0.8",
        "ternary",
        "binary",
        "symmetric4-pruned80"
      })
  void calibrationBringsEmbeddingsNearer(String name) {
    List<int[]> seen =
        IntStream.range(0, 60).mapToObj(_ -> random.ints(9, 0, VOCABULARY).toArray()).toList();
    List<GramMatrix> inputs = CalibrationInputs.collect(dense, seen, 2);
    NamedRecipe recipe = NamedRecipe.of(name, 1);
    double plain = distance(recipe.encode(dense, null));
    double calibrated = distance(recipe.encode(dense, inputs));
    assertThat(calibrated).isLessThan(0.8 * plain);
  }

  /** The mean of 1 - cosine over the sentences. */
  private double distance(Bert<LinearWeights> other) {
    float[][] exact = embed(dense, "scalar", 1, sentences);
    float[][] near = embed(other, "scalar", 1, sentences);
    return IntStream.range(0, exact.length)
        .mapToDouble(s -> 1 - Similarities.cosine(exact[s], near[s]))
        .average()
        .orElseThrow();
  }

  @Test
  void wrongSentencesAreRefusedWithOneSentence() {
    int[] tooLong = new int[POSITIONS + 1];
    assertRefused(List.of(), "there is no sentence to embed");
    assertRefused(List.of(tooLong), "sentence 0 has 21 tokens, allowed are 1 to 20");
    assertRefused(
        Arrays.asList(new int[1], new int[0]), "sentence 1 has 0 tokens, allowed are 1 to 20");
    assertRefused(
        List.of(new int[] {VOCABULARY}), "sentence 0 has token 50, the vocabulary has 50");
  }

  private void assertRefused(List<int[]> wrong, String message) {
    assertThatThrownBy(() -> embed(dense, "scalar", 1, wrong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
