package org.bitindex.bert;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitindex.EncodedFormatException;
import org.bitindex.calibrate.Calibration;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;

/**
 * all-MiniLM-L6-v2 in a file: the dense ONNX model, or an encoded model that {@link #write}, or
 * another encoder that keeps the names, made of it.
 */
public final class MiniLmFile implements AutoCloseable {
  private final Bert<LinearWeights> model;
  private final List<Tensor> tensors;
  private final Runnable closer;

  private MiniLmFile(
      Map<String, ? extends Weights> matrices, Map<String, Tensor> tensors, Runnable closer)
      throws EncodedFormatException {
    this.model = MiniLm.assemble(matrices, tensors);
    this.tensors = List.copyOf(tensors.values());
    this.closer = closer;
  }

  /**
   * Opens a file: ONNX if its name ends in .onnx, else encoded.
   *
   * @throws IOException if it cannot be read, or is not this model
   */
  @SuppressWarnings("MustBeClosedChecker") // closed by close()
  public static MiniLmFile open(Path path) throws IOException {
    if (path.toString().endsWith(".onnx")) {
      OnnxFile file = OnnxFile.open(path);
      return open(path, file.matricesOfAllNames(), file.tensors(), file::close);
    }
    ModelFile file = ModelFile.open(path);
    return open(path, file.matricesOfAllNames(), file.tensors(), file::close);
  }

  private static MiniLmFile open(
      Path path,
      Map<String, ? extends Weights> matrices,
      Map<String, Tensor> tensors,
      Runnable closer)
      throws IOException {
    try {
      return new MiniLmFile(matrices, tensors, closer);
    } catch (EncodedFormatException e) {
      closer.run();
      throw new EncodedFormatException(path + " is not all-MiniLM-L6-v2: " + e.getMessage(), e);
    }
  }

  /** The model; its matrices end with this file. */
  public Bert<LinearWeights> model() {
    return model;
  }

  /** The word embeddings in eight bits, which the caller closes. */
  public static EncodedMatrix encodeWords(Weights words, int threads) {
    var encoder = new Encoder(new Code.Affine(8), ScaleMode.ROW, new Layout.Adaptive(), threads);
    return Calibration.rowScalesAndOffsets(words, encoder.encode(words));
  }

  /**
   * Writes this dense model with other linear layers and with word embeddings in eight bits.
   *
   * @param encoded this model with encoded matrices in all linear layers
   * @throws IOException naming the path and the reason
   */
  public void write(Bert<LinearWeights> encoded, Path path, IfExists ifExists, int threads)
      throws IOException {
    var writer = new ModelWriter();
    Set<String> replaced = new HashSet<>();
    try (EncodedMatrix words = encodeWords(model.words(), threads)) {
      writer.add(MiniLm.WORDS, words);
      replaced.add(MiniLm.WORDS);
      int place = 0;
      for (LinearWeights layer : encoded.linearLayers().toList()) {
        writer.add(MiniLm.matrixName(place), (EncodedMatrix) layer.weights());
        String bias = MiniLm.biasName(place++);
        writer.add(Tensor.of(bias, List.of((long) layer.bias().length), layer.bias()));
        replaced.add(bias);
      }
      tensors.stream().filter(tensor -> isNeeded(tensor, replaced)).forEach(writer::add);
      writer.write(path, ifExists);
    }
  }

  /** Biases and gains; the dense matrices of the products have names without meaning. */
  private static boolean isNeeded(Tensor tensor, Set<String> replaced) {
    return !replaced.contains(tensor.name())
        && (tensor.name().startsWith("embeddings.") || tensor.name().startsWith("encoder."));
  }

  /** Bytes of a written model beside its linear layers' matrices and its word embeddings. */
  public long otherBytes() {
    return tensors.stream()
        .filter(tensor -> isNeeded(tensor, Set.of(MiniLm.WORDS)))
        .mapToLong(tensor -> tensor.data().byteSize())
        .sum();
  }

  @Override
  public void close() {
    closer.run();
  }
}
