package org.bitindex.bert;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.Tensor;
import org.bitindex.matrix.Weights;

/**
 * Finds the parts of all-MiniLM-L6-v2 under the names of its ONNX file, whether its matrices are
 * dense or were encoded. The pooler is not used.
 */
final class MiniLm {
  static final String WORDS = "embeddings.word_embeddings.weight";

  private static final int HEADS = 12;

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
  static Bert<LinearWeights> assemble(
      Map<String, ? extends Weights> matrices, Map<String, Tensor> tensors)
      throws EncodedFormatException {
    return new MiniLm(matrices, tensors).assemble();
  }

  /** Whether a matrix of the file is a linear layer of the encoder. */
  static boolean isLinear(String matrix) {
    return matrix.startsWith("/encoder/");
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
    } while (matrices.containsKey(matrixName(blocks.size(), "attention.self.query")));
    return new Bert<>(words, positions, segment, norm("embeddings", hidden), blocks, HEADS);
  }

  private Bert.Block<LinearWeights> block(int block, int hidden) throws EncodedFormatException {
    int wide = matrix(matrixName(block, "intermediate.dense"), hidden).rows();
    return new Bert.Block<>(
        linear(block, "attention.self.query", hidden, hidden),
        linear(block, "attention.self.key", hidden, hidden),
        linear(block, "attention.self.value", hidden, hidden),
        linear(block, "attention.output.dense", hidden, hidden),
        norm(prefix(block) + "attention.output", hidden),
        linear(block, "intermediate.dense", wide, hidden),
        linear(block, "output.dense", hidden, wide),
        norm(prefix(block) + "output", hidden));
  }

  /** Parameters are called encoder.layer.0.output.dense.bias, ... */
  private static String prefix(int block) {
    return "encoder.layer." + block + ".";
  }

  /** ... and matrices /encoder/layer.0/output/dense/MatMul. */
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
    return new LinearWeights(weights, vector(prefix(block) + layer + ".bias", rows));
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
