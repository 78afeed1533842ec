package org.bitindex.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.calibrate.network.ProductMoments;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.Progress;
import org.bitindex.cli.text.TextFile;
import org.bitindex.encode.Recipe;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.Generator;
import org.bitindex.generate.KeyValueCache;
import org.bitindex.generate.LanguageModel;
import org.bitindex.generate.train.Distillation;
import org.bitindex.generate.train.FisherInformation;
import org.bitindex.graph.ProductListener;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * Texts that a dense language model reads.
 *
 * @param model its file
 * @param texts paths as the user wrote them
 */
record CalibrationTexts(Path model, List<String> texts, int threads) {
  private static final long SEED = 1;

  /** Steps of training after which the widths of steps follow the weights. */
  private static final int STEPS_OF_CHOICE = 100;

  private interface Reader<T> {
    T read(LanguageModel language) throws IOException;
  }

  private <T> T open(ProductListener listener, Reader<T> reader) throws IOException {
    try (Backend unused = Backends.open("scalar", threads);
        LanguageModel language =
            LanguageModel.open(model, unused, Arithmetic.MAX_ACTIVATION_BITS, threads, listener)) {
      return reader.read(language);
    }
  }

  /**
   * The inputs of all products.
   *
   * @param out gets a line about each text
   */
  ProductMoments moments(Consumer<String> out) throws IOException {
    var moments = new ProductMoments(threads);
    return open(
        moments,
        language -> {
          var generator = new Generator(language, KeyValueCache.Precision.FLOAT32);
          for (String text : texts) {
            Generator.Prediction prediction = generator.predict(TextFile.read(Path.of(text)));
            out.accept(
                "%s: perplexity %.4f on %s"
                    .formatted(
                        text,
                        prediction.perplexity(),
                        Figures.count(prediction.tokens(), "token")));
          }
          return moments;
        });
  }

  /**
   * A model after its training.
   *
   * @param weights by name, as far as they were trained; vectors are matrices of one row
   * @param recipes with which its matrices are encoded
   * @param before mean of sum p log(p / q) a token in the first tenth of the steps, in nats
   * @param after in the last tenth
   */
  record Trained(
      Map<String, Weights> weights, Map<String, Recipe> recipes, double before, double after) {
    /** The tensor with what became of it. */
    NamedTensor carried(NamedTensor tensor) {
      Weights trained = weights.get(tensor.name());
      if (trained == null) {
        return tensor;
      }
      float[] values = new float[trained.rows() * trained.columns()];
      trained.readAll(values);
      return NamedTensor.of(tensor.name(), tensor.shape(), values);
    }
  }

  /**
   * Chooses steps by what errors of each matrix do to what the model foretells, and trains its
   * weights so that, encoded, they foretell the texts as before.
   *
   * @param names of the matrices that are encoded
   * @throws IllegalArgumentException if the model is none that can be trained here
   */
  Trained distil(DenseFile file, Set<String> names, MatrixRecipes recipes, int steps)
      throws IOException {
    return open(
        (_, _, _, _) -> {},
        language -> {
          DecoderConfig config = language.decoder().config();
          int[] tokens = tokens(language);
          Map<String, Double> sensitivities =
              FisherInformation.ofMatrices(config, file, tokens, SEED, threads);
          var distillation = new Distillation(config, file, threads);
          SequencedMap<String, Weights> matrices = new LinkedHashMap<>();
          names.forEach(
              name -> matrices.put(name, requireNonNull(distillation.weights().get(name))));
          Map<String, Recipe> chosen = new HashMap<>();
          double[] losses;
          try (var progress = Progress.start("training", Math.max(1, steps))) {
            losses =
                distillation.run(
                    tokens,
                    steps,
                    names,
                    (name, weights) -> requireNonNull(chosen.get(name)).encode(weights),
                    step -> {
                      if (step % STEPS_OF_CHOICE == 0) {
                        chosen.putAll(recipes.of(matrices, sensitivities));
                      }
                      progress.step(1);
                    });
          }
          chosen.putAll(recipes.of(matrices, sensitivities));
          return new Trained(distillation.weights(), chosen, losses[0], losses[1]);
        });
  }

  private int[] tokens(LanguageModel language) throws IOException {
    List<int[]> tokens = new ArrayList<>();
    for (String text : texts) {
      tokens.add(language.tokenizer().encode(TextFile.read(Path.of(text))).ids());
    }
    return tokens.stream().flatMapToInt(IntStream::of).toArray();
  }
}
