package org.bitindex.nn.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.Activation;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.nn.Classification;
import org.bitindex.nn.Sequential;
import org.junit.jupiter.api.Test;

class TrainerTest {
  private static final int FEATURES = 20;
  private static final int CLASSES = 3;

  private final Samples samples = clouds(300);

  /** Noisy copies of a random centre for each class. */
  private static Samples clouds(int count) {
    var random = new Random(11);
    float[][] centres = new float[CLASSES][FEATURES];
    for (float[] centre : centres) {
      for (int j = 0; j < FEATURES; j++) {
        centre[j] = (float) random.nextGaussian();
      }
    }
    float[][] inputs = new float[count][FEATURES];
    int[] labels = new int[count];
    for (int n = 0; n < count; n++) {
      labels[n] = n % CLASSES;
      for (int j = 0; j < FEATURES; j++) {
        inputs[n][j] = centres[labels[n]][j] + 0.8f * (float) random.nextGaussian();
      }
    }
    return new Samples(inputs, labels);
  }

  private static Trainer trainer(int epochs, int threads) {
    return new Trainer(epochs, 16, 1e-2, 0.01, 7, threads);
  }

  private static DenseNetwork untrained() {
    return DenseNetwork.random(1, FEATURES, 16, CLASSES);
  }

  private static Recipe recipe(Code code) {
    return new Recipe(0, new Coding.MinMax(code), ScaleMode.ROW, new Layout.Adaptive(), 1);
  }

  /** The share of samples that the encoded network puts into their class. */
  private double accuracy(DenseNetwork network, Code code) {
    int[] shape = {samples.count(), FEATURES};
    try (Sequential encoded = network.encode(recipe(code));
        Network opened = encoded.open(NetworkOptions.on(new ScalarBackend()))) {
      float[] outputs = opened.run(Tensor.of(shape, samples.batch())).floats();
      return Classification.accuracy(outputs, samples.labels());
    }
  }

  private static List<Float> parameters(DenseNetwork network) {
    List<Float> parameters = new ArrayList<>();
    for (DenseLayer layer : network.layers()) {
      for (float[] row : layer.weights()) {
        for (float weight : row) {
          parameters.add(weight);
        }
      }
      for (float bias : layer.bias()) {
        parameters.add(bias);
      }
    }
    return parameters;
  }

  @Test
  void anUntrainedNetworkLearnsItsSamples() {
    DenseNetwork network = untrained();
    assertThat(accuracy(network, new Code.Symmetric(8))).isLessThan(0.7);
    trainer(5, 2).train(network, samples, _ -> {});
    assertThat(accuracy(network, new Code.Symmetric(8))).isGreaterThan(0.95);
  }

  @Test
  void fineTuningRepairsWhatEveryCodeBreaks() {
    DenseNetwork trained = untrained();
    trainer(5, 2).train(trained, samples, _ -> {});
    for (Code code :
        List.of(
            new Code.Binary(0),
            new Code.Ternary(0, 0),
            new Code.Affine(3),
            new Code.Symmetric(2))) {
      DenseNetwork tuned = trained.copy();
      trainer(10, 2).fineTune(tuned, recipe(code), samples, _ -> {});
      assertThat(accuracy(tuned, code))
          .as("%s, %s before", code, accuracy(trained, code))
          .isGreaterThan(0.95);
    }
  }

  @Test
  void theFirstStepIsTheAnalyticGradient() {
    // One sample, one layer: Adam's first step is -rate * sign(gradient).
    DenseLayer layer =
        DenseLayer.of(DenseMatrix.of(2, 2, 0.5f, 0.5f, 0.5f, 0.5f), new float[2], Activation.NONE);
    DenseNetwork network = new DenseNetwork(List.of(layer));
    Samples one = new Samples(new float[][] {{2, 0}}, new int[] {1});
    new Trainer(1, 1, 0.125, 0, 7, 1).train(network, one, _ -> {});
    assertThat(layer.weights()[0]).containsExactly(0.375f, 0.5f);
    assertThat(layer.weights()[1]).containsExactly(0.625f, 0.5f);
    assertThat(layer.bias()).containsExactly(-0.125f, 0.125f);
  }

  @Test
  void threadCountsGiveTheSameBits() {
    List<Float> expected = null;
    for (int threads : new int[] {1, 2, 7}) {
      DenseNetwork network = untrained();
      trainer(2, threads).train(network, samples, _ -> {});
      network.prune(0.5);
      trainer(2, threads).fineTune(network, recipe(new Code.Symmetric(3)), samples, _ -> {});
      List<Float> actual = parameters(network);
      expected = expected == null ? actual : expected;
      assertThat(actual).as("%d threads", threads).isEqualTo(expected);
    }
  }

  @Test
  void prunedWeightsStayZero() {
    DenseNetwork network = untrained();
    network.prune(0.75);
    List<Float> before = parameters(network);
    trainer(2, 2).train(network, samples, _ -> {});
    List<Float> after = parameters(network);
    int hiddenWeights = 16 * FEATURES;
    assertThat(before.subList(0, hiddenWeights).stream().filter(w -> w == 0).count())
        .isEqualTo(hiddenWeights * 3 / 4);
    for (int i = 0; i < hiddenWeights; i++) {
      assertThat(after.get(i) == 0).as("weight %d", i).isEqualTo(before.get(i) == 0);
    }
  }

  @Test
  void samplesTooLargeForFloatsStopTrainingBeforeAWeightChanges() {
    DenseNetwork network = untrained();
    List<Float> before = parameters(network);
    float[][] inputs = new float[3][FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      inputs[2][j] = j % 2 == 0 ? 3e38f : -3e38f;
    }
    var huge = new Samples(inputs, new int[3]);
    assertThatThrownBy(() -> trainer(1, 2).train(network, huge, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching("output \\d of sample 2 is .*too large to train with");
    assertThat(parameters(network)).isEqualTo(before);
  }

  @Test
  void badInputIsRefusedInOneSentence() {
    DenseNetwork network = untrained();
    Samples narrow = new Samples(new float[][] {{1}}, new int[] {0});
    assertThatThrownBy(() -> trainer(1, 1).train(network, narrow, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("samples have 1 features, the network takes 20");
    Samples strange = new Samples(new float[1][FEATURES], new int[] {CLASSES});
    assertThatThrownBy(() -> trainer(1, 1).train(network, strange, _ -> {}))
        .hasMessage("label 3 does not fit a network of 3 outputs");
    Samples none = new Samples(new float[0][], new int[0]);
    assertThatThrownBy(() -> trainer(1, 1).train(network, none, _ -> {}))
        .hasMessage("there are no samples to train with");
    assertThatThrownBy(() -> new Samples(new float[2][1], new int[1]))
        .hasMessage("there are 2 inputs and 1 labels");
    assertThatThrownBy(() -> new Samples(new float[][] {{1}, {1, 2}}, new int[2]))
        .hasMessage("sample 1 has 2 features, sample 0 has 1");
    assertThatThrownBy(() -> new Trainer(1, 1, Double.NaN, 0, 1, 1))
        .hasMessage("learningRate is NaN, must be above 0 and at most 1");
    assertThatThrownBy(() -> new Trainer(1, 1, 1e30, 0, 1, 1))
        .hasMessage("learningRate is 1.0E30, must be above 0 and at most 1");
    assertThatThrownBy(() -> new Trainer(1, 1, 0, 0, 1, 1))
        .hasMessage("learningRate is 0.0, must be above 0 and at most 1");
    assertThatThrownBy(() -> new Trainer(1, 1, 0.5, 3, 1, 1))
        .hasMessage(
            "weightDecay is 3.0, must be at least 0 and, times the learning rate, at most 1");
    assertThatThrownBy(() -> new Trainer(1, 1, 0.5, Double.NaN, 1, 1))
        .hasMessageStartingWith("weightDecay is NaN");
    new Trainer(1, 1, 1, 1, 1, 1);
    for (float bad : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      assertThatThrownBy(() -> new Samples(new float[][] {{1, 2}, {3, bad}}, new int[2]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("sample 1 is " + bad + " in column 1");
      assertThatThrownBy(() -> new Samples(new float[][] {{bad, 2}}, new int[1]))
          .hasMessage("sample 0 is " + bad + " in column 0");
    }
    assertThatThrownBy(() -> new Trainer(1, 0, 1, 0, 1, 1))
        .hasMessage("batch is 0, must be at least 1");
    assertThatThrownBy(() ->
            new DenseNetwork(
                List.of(untrained().layers().getFirst(), untrained().layers().getFirst())))
        .hasMessage("layer 1 has 20 columns, layer 0 has 16 rows");
  }
}
