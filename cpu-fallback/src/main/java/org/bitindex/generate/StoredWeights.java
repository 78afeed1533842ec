package org.bitindex.generate;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.graph.ProductListener;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** The weights of a file: encoded ones multiply on a backend, dense ones in a fixed order. */
final class StoredWeights implements DecoderWeights {
  private static final String HEAD = "lm_head.weight";

  /** Rows of dense weights that lie in one array, and are multiplied at once. */
  private static final int BLOCK_ROWS = 64;

  private final SequencedMap<String, EncodedMatrix> matrices;
  private final SequencedMap<String, NamedTensor> tensors;
  private final Backend backend;
  private final int activationBits;
  private final int threads;
  private final ProductListener listener;
  private final Runnable closeFile;
  private final List<Plan> plans = new ArrayList<>();
  private final Weights embeddings;

  StoredWeights(
      SequencedMap<String, EncodedMatrix> matrices,
      SequencedMap<String, NamedTensor> tensors,
      Backend backend,
      int activationBits,
      int threads,
      ProductListener listener,
      Runnable closeFile) {
    this.matrices = matrices;
    this.tensors = tensors;
    this.backend = backend;
    this.activationBits = activationBits;
    this.threads = threads;
    this.listener = listener;
    this.closeFile = closeFile;
    this.embeddings = weights(LanguageModel.EMBEDDINGS);
  }

  private Weights weights(String name) {
    EncodedMatrix matrix = matrices.get(name);
    if (matrix != null) {
      return matrix;
    }
    NamedTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("the model has no " + name);
    }
    return tensor.weights();
  }

  @Override
  public Projection linear(String name, int rows, int columns) {
    Weights weights = weights(name);
    requireShape(name, weights, rows, columns);
    Projection layer = weights instanceof EncodedMatrix matrix ? encoded(matrix) : dense(weights);
    return (input, batch, output) -> {
      listener.product(name, 0, input, batch);
      layer.multiply(input, batch, output);
    };
  }

  private static void requireShape(String name, Weights weights, int rows, int columns) {
    if (weights.rows() != rows || weights.columns() != columns) {
      throw new IllegalArgumentException(
          "%s is %d x %d, expected %d x %d"
              .formatted(name, weights.rows(), weights.columns(), rows, columns));
    }
  }

  private Projection encoded(EncodedMatrix matrix) {
    Plan plan = backend.plan(List.of(Linear.of(matrix)), activationBits);
    plans.add(plan);
    return plan::execute;
  }

  private Projection dense(Weights weights) {
    int rows = weights.rows();
    int columns = weights.columns();
    float[][] blocks = new float[Math.ceilDiv(rows, BLOCK_ROWS)][];
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      int inBlock = i % BLOCK_ROWS;
      if (inBlock == 0) {
        blocks[i / BLOCK_ROWS] = new float[Math.min(BLOCK_ROWS, rows - i) * columns];
      }
      weights.readRow(i, row);
      System.arraycopy(row, 0, blocks[i / BLOCK_ROWS], inBlock * columns, columns);
    }
    return (input, batch, output) -> {
      float[] samples = transposed(input, batch, columns);
      float[] products = new float[rows * batch];
      Parallel.forRows(
          threads,
          blocks.length,
          (from, to) -> {
            for (int block = from; block < to; block++) {
              int count = blocks[block].length / columns;
              int at = block * BLOCK_ROWS * batch;
              TensorKernels.MAT_MUL.multiply(
                  blocks[block],
                  0,
                  columns,
                  samples,
                  0,
                  batch,
                  products,
                  at,
                  batch,
                  count,
                  columns,
                  batch);
            }
          });
      System.arraycopy(transposed(products, rows, batch), 0, output, 0, products.length);
    };
  }

  private static float[] transposed(float[] matrix, int rows, int columns) {
    if (rows == 1 || columns == 1) {
      return matrix;
    }
    float[] result = new float[matrix.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[j * rows + i] = matrix[i * columns + j];
      }
    }
    return result;
  }

  @Override
  public float @Nullable [] vector(String name, int length) {
    NamedTensor tensor = tensors.get(name);
    if (tensor == null) {
      return null;
    }
    float[] vector = tensor.floats();
    if (vector.length != length) {
      throw new IllegalArgumentException(
          name + " has " + vector.length + " elements, expected " + length);
    }
    return vector;
  }

  @Override
  public void embedding(int token, float[] target) {
    embeddings.readRow(token, target);
  }

  @Override
  public Projection head(int rows, int columns) {
    requireShape(LanguageModel.EMBEDDINGS, embeddings, rows, columns);
    boolean own = matrices.containsKey(HEAD) || tensors.containsKey(HEAD);
    return linear(own ? HEAD : LanguageModel.EMBEDDINGS, rows, columns);
  }

  /** Matrix by matrix, which threads share. */
  @Override
  public void prepare(int... batches) {
    Parallel.run(threads, plans.size(), (_, i) -> plans.get(i).prepare(batches));
  }

  @Override
  public int largestBatchLike(int batch) {
    return plans.stream()
        .mapToInt(plan -> plan.largestBatchLike(batch))
        .min()
        .orElse(Integer.MAX_VALUE);
  }

  @Override
  public void close() {
    plans.forEach(Plan::close);
    closeFile.run();
  }
}
