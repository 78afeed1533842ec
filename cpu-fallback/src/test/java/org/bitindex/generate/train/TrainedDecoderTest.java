package org.bitindex.generate.train;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.generate.Decoder;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.KeyValueCache;
import org.bitindex.generate.LanguageModel;
import org.bitindex.generate.TinyCheckpoint;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.graph.train.Parameter;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainedDecoderTest {
  private static final int[] TEXT = {1, 259, 260, 263, 264, 261, 262, 100, 264};

  @TempDir Path folder;
  private Backend backend;
  private LanguageModel model;
  private DenseFile file;

  @BeforeEach
  void open() throws Exception {
    Path path = TinyCheckpoint.write(folder);
    backend = Backends.open("scalar", 1);
    model = LanguageModel.open(path, backend, 24, 1);
    file = DenseFile.open(path);
  }

  @AfterEach
  void close() {
    file.close();
    model.close();
    backend.close();
  }

  private DecoderConfig config() {
    return model.decoder().config();
  }

  @Test
  void logitsAreThoseOfTheDecoder() {
    float[] expected =
        model
            .decoder()
            .forward(
                List.of(
                    new Decoder.Input(
                        new KeyValueCache(config(), KeyValueCache.Precision.FLOAT32), TEXT)),
                Decoder.Logits.ALL);
    for (int threads : new int[] {1, 3}) {
      float[] actual = new TrainedDecoder(config(), file, threads).forward(TEXT);
      assertThat(actual).containsExactly(expected, within(1e-4f));
    }
  }

  @Test
  void derivativesAreThoseOfDifferences() {
    var decoder = new TrainedDecoder(config(), file, 2);
    float[] factors = new float[decoder.forward(TEXT).length];
    var random = new Random(5);
    for (int i = 0; i < factors.length; i++) {
      factors[i] = (float) random.nextGaussian();
    }
    decoder.forward(TEXT);
    decoder.backward(factors.clone());
    for (Map.Entry<String, Parameter> entry : decoder.parameters().entrySet()) {
      Parameter parameter = entry.getValue();
      double magnitude = Math.sqrt(meanSquare(parameter.gradient));
      for (int i = 0; i < parameter.used.length; i += 1 + parameter.used.length / 7) {
        float step = 0.01f;
        float value = parameter.used[i];
        parameter.used[i] = value + step;
        double up = sum(factors, decoder.forward(TEXT));
        parameter.used[i] = value - step;
        double down = sum(factors, decoder.forward(TEXT));
        parameter.used[i] = value;
        assertThat((double) parameter.gradient[i])
            .describedAs("%s, element %d", entry.getKey(), i)
            .isCloseTo((up - down) / (2 * step), within(0.02 * magnitude));
      }
    }
  }

  private static double sum(float[] factors, float[] logits) {
    double sum = 0;
    for (int i = 0; i < logits.length; i++) {
      sum += (double) factors[i] * logits[i];
    }
    return sum;
  }

  private static double meanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum / values.length;
  }

  /** Small errors of one matrix cost half of the sum of F e^2. */
  @Test
  void fisherInformationSaysWhatErrorsCost() {
    int[] tokens = text(2000);
    Map<String, Double> information = FisherInformation.ofMatrices(config(), file, tokens, 1, 2);
    var random = new Random(3);
    float deviation = 0.01f;
    for (String name :
        List.of("model.layers.0.self_attn.v_proj.weight", "model.layers.0.mlp.up_proj.weight")) {
      double cost = 0;
      var dense = new TrainedDecoder(config(), file, 1);
      var changed = new TrainedDecoder(config(), file, 1);
      Parameter parameter = requireNonNull(changed.parameters().get(name));
      for (int[] window : TokenWindows.of(tokens, config())) {
        for (int i = 0; i < parameter.used.length; i++) {
          parameter.used[i] = parameter.values[i] + deviation * (float) random.nextGaussian();
        }
        cost += divergence(dense.forward(window), changed.forward(window), config().vocabulary());
      }
      double foretold =
          requireNonNull(information.get(name)) * parameter.used.length * deviation * deviation / 2;
      assertThat(cost / tokens.length / foretold).describedAs(name).isBetween(0.7, 1.4);
    }
  }

  private static double divergence(float[] p, float[] q, int vocabulary) {
    double sum = 0;
    for (int from = 0; from < p.length; from += vocabulary) {
      TensorKernels.FUNCTIONS.softmax(p, from, from + vocabulary);
      TensorKernels.FUNCTIONS.softmax(q, from, from + vocabulary);
      for (int i = from; i < from + vocabulary; i++) {
        sum += p[i] > 0 && q[i] > 0 ? p[i] * Math.log((double) p[i] / q[i]) : 0;
      }
    }
    return sum;
  }

  private int[] text(int count) {
    var random = new Random(9);
    int[] tokens = new int[count];
    Arrays.setAll(tokens, _ -> 256 + random.nextInt(config().vocabulary() - 256));
    return tokens;
  }

  @Test
  void trainingBringsEncodedWeightsNearerAndSaysSo() {
    var distillation = new Distillation(config(), file, 2);
    Set<String> names = Set.copyOf(file.matrices().keySet());
    var recipe = new Recipe(new Coding.MinMax(new Code.Symmetric(3)));
    var steps = new AtomicInteger();
    double[] losses =
        distillation.run(
            text(400),
            150,
            names,
            (name, weights) -> {
              assertThat(names).contains(name);
              return recipe.encode(weights);
            },
            _ -> steps.incrementAndGet());
    assertThat(steps).hasValue(150);
    assertThat(losses[0]).isPositive();
    assertThat(losses[1]).isBetween(0.0, 0.6 * losses[0]);
    assertThat(distillation.weights())
        .containsKeys("model.norm.weight", "model.embed_tokens.weight");
    Weights trained =
        requireNonNull(distillation.weights().get("model.layers.0.mlp.up_proj.weight"));
    float[] row = new float[trained.columns()];
    float[] dense = new float[trained.columns()];
    trained.readRow(0, row);
    file.matrix("model.layers.0.mlp.up_proj.weight").readRow(0, dense);
    assertThat(row).isNotEqualTo(dense);
  }

  @Test
  void aTextOfOneTokenIsRefused() {
    var distillation = new Distillation(config(), file, 1);
    assertThatThrownBy(() ->
            distillation.run(
                new int[] {1},
                1,
                Set.of(),
                (_, weights) -> new Recipe(new Coding.Uniform(1)).encode(weights),
                _ -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the text has 1 tokens, two are the least");
  }
}
