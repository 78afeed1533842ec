package org.bitindex.lab.minilm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.bitindex.baseline.Baseline;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;
import org.bitindex.graph.EncodedWeights;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.io.IfExists;
import org.bitindex.io.MatrixUse;
import org.bitindex.io.ModelFile;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.TensorMap;
import org.bitindex.sentence.NamedRecipe;
import org.bitindex.sentence.SentenceCalibration;
import org.bitindex.sentence.SentenceModel;
import org.bitindex.sentence.Sentences;
import org.bitindex.sentence.Similarities;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/** How near encoded models come to the dense one, on this package's sentences. */
public final class MiniLmEvaluation {
  /**
   * How near embeddings come to the dense model's.
   *
   * @param meanCosine of each sentence's two embeddings
   * @param worstCosine the least of these
   * @param rank Spearman's correlation of the cosines of all pairs of sentences
   */
  public record Agreement(double meanCosine, double worstCosine, double rank) {}

  /**
   * An encoded model.
   *
   * @param linearBytes stored for the weights of products
   * @param linearRatio the dense weights' bytes over these
   * @param fileBytes stored for everything, with word embeddings in eight bits unless dense
   * @param fileRatio the dense model's bytes over these
   */
  public record Result(
      Agreement agreement,
      long linearBytes,
      double linearRatio,
      long fileBytes,
      double fileRatio) {}

  private final SentenceModel dense;
  private final Tokenizer tokenizer;
  private final NetworkOptions options;
  private final float[][] reference;

  /**
   * Evaluates what is made of a dense model.
   *
   * @param options with a backend
   */
  public MiniLmEvaluation(SentenceModel dense, Tokenizer tokenizer, NetworkOptions options) {
    this.dense = dense;
    this.tokenizer = tokenizer;
    this.options = options;
    this.reference = embed(dense.network(options));
  }

  /** How near another encoder comes. */
  public Agreement compare(SentenceEncoder other) {
    return agreement(vectors(other));
  }

  /** The dense model itself. */
  public Result dense() {
    return result(reference, denseLinear(), dense.bytes());
  }

  /** The dense model but for its word embeddings, which are in eight bits. */
  public Result denseWithEncodedWords() throws IOException {
    return encoded(null, null);
  }

  /**
   * The model with its products and word embeddings encoded, in a file.
   *
   * @param calibration of the products, or null
   */
  public Result evaluate(NamedRecipe recipe, @Nullable SentenceCalibration calibration)
      throws IOException {
    return encoded(recipe, calibration);
  }

  private Result encoded(@Nullable NamedRecipe recipe, @Nullable SentenceCalibration calibration)
      throws IOException {
    Path path = Files.createTempFile("evaluation", ".bie.safetensors");
    try {
      dense.write(recipe, calibration, path, IfExists.REPLACE, options.threads());
      try (ModelFile file = ModelFile.open(path)) {
        long linear =
            dense.products().keySet().stream()
                .mapToLong(name -> {
                  EncodedMatrix matrix = file.matrices().get(name);
                  return matrix == null ? bytes(dense.products().get(name)) : matrix.bytes();
                })
                .sum();
        return result(embed(Network.of(file, options)), linear, Files.size(path));
      }
    } finally {
      Files.deleteIfExists(path);
    }
  }

  /** The model with its products in another format, decoded, and its word embeddings encoded. */
  public Result evaluate(Function<Weights, Baseline> format) {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    long linear = 0;
    for (Map.Entry<String, Weights> product : dense.products().entrySet()) {
      Baseline baseline = format.apply(product.getValue());
      linear += baseline.bytes();
      MatrixUse use = dense.use(product.getKey());
      tensors.put(use.tensor(), stored(use, baseline));
    }
    String words = dense.words();
    Model model =
        new TensorMap() {
          @Override
          protected OnnxTensor map(OnnxTensor tensor) {
            return tensor.name().equals(words)
                ? tensor.withoutData()
                : tensors.getOrDefault(tensor.name(), tensor);
          }
        }.apply(dense.model());
    try (EncodedMatrix encodedWords = dense.encodeWords(options.threads())) {
      Map<String, EncodedWeights> encoded = Map.of(words, EncodedWeights.of(encodedWords, false));
      long denseWords = (long) encodedWords.rows() * encodedWords.columns() * Float.BYTES;
      long others = dense.bytes() - denseLinear() - denseWords;
      return result(
          embed(Network.of(model, encoded, options)),
          linear,
          linear + encodedWords.bytes() + others);
    }
  }

  /** Weights as the graph's tensor holds them. */
  private static OnnxTensor stored(MatrixUse use, Weights weights) {
    int rows = weights.rows();
    int columns = weights.columns();
    float[] values = new float[rows * columns];
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      weights.readRow(i, row);
      for (int j = 0; j < columns; j++) {
        values[use.transposed() ? j * rows + i : i * columns + j] = row[j];
      }
    }
    return OnnxTensor.of(use.tensor(), use.shape(rows, columns), values);
  }

  private long denseLinear() {
    return dense.products().values().stream().mapToLong(MiniLmEvaluation::bytes).sum();
  }

  private static long bytes(@Nullable Weights weights) {
    Weights known = Objects.requireNonNull(weights);
    return (long) known.rows() * known.columns() * Float.BYTES;
  }

  private Result result(float[][] embeddings, long linear, long file) {
    return new Result(
        agreement(embeddings),
        linear,
        (double) denseLinear() / linear,
        file,
        (double) dense.bytes() / file);
  }

  /** The embeddings of a network, which is closed then. */
  private float[][] embed(Network network) {
    try (var embedder = new TextEmbedder(network, tokenizer, Pooling.MEAN)) {
      return vectors(embedder::embed);
    }
  }

  private static float[][] vectors(SentenceEncoder encoder) {
    return encoder.embed(Sentences.evaluation()).toArray(float[][]::new);
  }

  private Agreement agreement(float[][] embeddings) {
    double sum = 0;
    double worst = 1;
    for (int s = 0; s < embeddings.length; s++) {
      double cosine = Similarities.cosine(embeddings[s], reference[s]);
      sum += cosine;
      worst = Math.min(worst, cosine);
    }
    return new Agreement(sum / embeddings.length, worst, RankAgreement.of(embeddings, reference));
  }
}
