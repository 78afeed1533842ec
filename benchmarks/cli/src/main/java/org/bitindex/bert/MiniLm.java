package org.bitindex.bert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;

/**
 * Finds the parts of all-MiniLM-L6-v2 under the names of its ONNX file, whether its matrices are
 * dense or were encoded. The pooler is not used.
 */
public final class MiniLm {
  static final String WORDS = "embeddings.word_embeddings.weight";

  private static final int HEADS = 12;

  /** The linear layers of a block, in the order of {@link Bert.Block#linearLayers()}. */
  private static final List<String> LINEAR =
      List.of(
          "attention.self.query",
          "attention.self.key",
          "attention.self.value",
          "attention.output.dense",
          "intermediate.dense",
          "output.dense");

  private final Map<String, ? extends Weights> matrices;
  private final Map<String, Tensor> tensors;

  private MiniLm(Map<String, ? extends Weights> matrices, Map<String, Tensor> tensors) {
    this.matrices = matrices;
    this.tensors = tensors;
  }

  /**
   * Assembles the model.
   *
   * @param matrices products under their nodes' names, and embeddings
   * @param tensors biases and gains; embeddings that are not among the matrices
   * @throws EncodedFormatException if a part is missing or does not fit the others
   */
  public static Bert<LinearWeights> assemble(
      Map<String, ? extends Weights> matrices, Map<String, Tensor> tensors)
      throws EncodedFormatException {
    return new MiniLm(matrices, tensors).assemble();
  }

  /** The name of a linear layer's matrix, by its place among all linear layers. */
  static String matrixName(int place) {
    return matrixName(place / LINEAR.size(), LINEAR.get(place % LINEAR.size()));
  }

  /** The name of its bias. */
  static String biasName(int place) {
    return biasName(place / LINEAR.size(), LINEAR.get(place % LINEAR.size()));
  }

  private Bert<LinearWeights> assemble() throws EncodedFormatException {
    Weights words = matrix(WORDS);
    int hidden = words.columns();
    float[] segment = new float[hidden];
    matrix("embeddings.token_type_embeddings.weight", hidden).readRow(0, segment);
    Weights positions = matrix("embeddings.position_embeddings.weight", hidden);
    List<Bert.Block<LinearWeights>> blocks = new ArrayList<>();
    do {
      blocks.add(block(blocks.size(), hidden));
    } while (matrices.containsKey(matrixName(blocks.size(), LINEAR.getFirst())));
    return new Bert<>(words, positions, segment, norm("embeddings", hidden), blocks, HEADS);
  }

  private Bert.Block<LinearWeights> block(int block, int hidden) throws EncodedFormatException {
    int wide = matrix(matrixName(block, LINEAR.get(4)), hidden).rows();
    return new Bert.Block<>(
        linear(block, LINEAR.get(0), hidden, hidden),
        linear(block, LINEAR.get(1), hidden, hidden),
        linear(block, LINEAR.get(2), hidden, hidden),
        linear(block, LINEAR.get(3), hidden, hidden),
        norm(prefix(block) + "attention.output", hidden),
        linear(block, LINEAR.get(4), wide, hidden),
        linear(block, LINEAR.get(5), hidden, wide),
        norm(prefix(block) + "output", hidden));
  }

  private static String prefix(int block) {
    return "encoder.layer." + block + ".";
  }

  private static String biasName(int block, String layer) {
    return prefix(block) + layer + ".bias";
  }

  private static String matrixName(int block, String layer) {
    return "/encoder/layer." + block + "/" + layer.replace('.', '/') + "/MatMul";
  }

  private LinearWeights linear(int block, String layer, int rows, int columns)
      throws EncodedFormatException {
    String name = matrixName(block, layer);
    Weights weights = matrix(name, columns);
    if (weights.rows() != rows) {
      throw new EncodedFormatException(name + " has " + weights.rows() + " rows, expected " + rows);
    }
    return new LinearWeights(weights, vector(biasName(block, layer), rows));
  }

  private LayerNorm norm(String prefix, int columns) throws EncodedFormatException {
    return new LayerNorm(
        vector(prefix + ".LayerNorm.weight", columns), vector(prefix + ".LayerNorm.bias", columns));
  }

  private Weights matrix(String name, int columns) throws EncodedFormatException {
    Weights matrix = matrix(name);
    if (matrix.columns() != columns) {
      throw new EncodedFormatException(
          name + " has " + matrix.columns() + " columns, expected " + columns);
    }
    return matrix;
  }

  private Weights matrix(String name) throws EncodedFormatException {
    Weights matrix = matrices.get(name);
    return matrix == null ? tensor(name).weights() : matrix;
  }

  private float[] vector(String name, int length) throws EncodedFormatException {
    Tensor tensor = tensor(name);
    if (tensor.length() != length) {
      throw new EncodedFormatException(
          name + " has " + tensor.length() + " elements, expected " + length);
    }
    return tensor.floats();
  }

  private Tensor tensor(String name) throws EncodedFormatException {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new EncodedFormatException("the model has no tensor " + name);
    }
    return tensor;
  }
}
