package org.bitindex.sentence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Function;
import org.bitindex.calibrate.network.NetworkCalibration;
import org.bitindex.code.Code;
import org.bitindex.encode.Recipe;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.io.IfExists;
import org.bitindex.io.MatrixUse;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/** A dense sentence encoder in an ONNX file, and the encoded files that are made of it. */
public final class SentenceModel implements AutoCloseable {
  private final OnnxFile file;

  private SentenceModel(OnnxFile file) {
    this.file = file;
  }

  /**
   * Opens an ONNX file.
   *
   * @throws IOException if it cannot be read
   */
  public static SentenceModel open(Path path) throws IOException {
    return new SentenceModel(OnnxFile.open(path));
  }

  /** The network with dense weights, which ends with this model. */
  public Network network(NetworkOptions options) {
    return Network.of(model(), Map.of(), options);
  }

  /** The graph with all its constants. */
  public Model model() {
    return file.graph();
  }

  /** The weights of products by name. */
  public SequencedMap<String, Weights> products() {
    return file.matrices();
  }

  /** How the weights of a product stand in the graph. */
  public MatrixUse use(String product) {
    return file.use(product);
  }

  /**
   * The name of the word embeddings: the largest matrix that is no weight of a product.
   *
   * @throws IllegalArgumentException if there is none
   */
  public String words() {
    return file.otherMatrices().entrySet().stream()
        .max(Comparator.comparingLong(entry -> size(entry.getValue())))
        .map(Map.Entry::getKey)
        .orElseThrow(() ->
            new IllegalArgumentException(
                file.path() + " is no sentence encoder: it has no word embeddings"));
  }

  /** Bytes of the dense model: all its tensors. */
  public long bytes() {
    return file.tensors().values().stream().mapToLong(tensor -> tensor.data().byteSize()).sum();
  }

  private static long size(Weights weights) {
    return (long) weights.rows() * weights.columns();
  }

  /** The word embeddings in eight bits, which the caller closes. */
  public EncodedMatrix encodeWords(int threads) {
    return Recipe.readByRows(new Code.Affine(8), threads).encode(file.matrix(words()));
  }

  /** What the sentences for calibration that come with this package say of the products. */
  public SentenceCalibration calibration(Tokenizer tokenizer, int threads) {
    return new SentenceCalibration(model(), tokenizer, threads);
  }

  /**
   * Writes an encoded file that runs: word embeddings in eight bits, all products by a recipe.
   *
   * @param recipe of products, or null to leave them dense
   * @param calibration of their inputs, or null
   * @throws IllegalArgumentException if the recipe trains
   * @throws IOException naming the path and the reason
   */
  public void write(
      @Nullable NamedRecipe recipe,
      @Nullable SentenceCalibration calibration,
      Path path,
      IfExists ifExists,
      int threads)
      throws IOException {
    if (recipe != null && recipe.distillation() > 0) {
      throw new IllegalArgumentException(
          "recipe %s trains, which 'bie networks' and 'bie encode --distill' do on more texts than are"
                  .formatted(recipe.name())
              + " here");
    }
    NetworkCalibration calibrated =
        calibration == null ? null : NetworkCalibration.of(model(), calibration.moments());
    var writer = new ModelWriter().graph(model());
    Set<String> encoded = new LinkedHashSet<>(Set.of(words()));
    writer.add(words(), () -> encodeWords(threads));
    if (recipe != null) {
      Function<String, Recipe> recipes =
          recipe.of(file, calibration == null ? null : calibration::sensitivities);
      products()
          .forEach((name, weights) -> {
            encoded.add(name);
            MatrixUse use = use(name);
            writer
                .use(name, use)
                .add(
                    name,
                    () ->
                        calibrated == null
                            ? recipes.apply(name).encode(weights)
                            : calibrated.encode(
                                recipes.apply(name), weights, use.tensor(), use.index()));
          });
    }
    file.tensorsWithout(encoded)
        .forEach(tensor -> writer.add(calibrated == null ? tensor : calibrated.carried(tensor)));
    writer.write(path, ifExists);
  }

  @Override
  public void close() {
    file.close();
  }
}
