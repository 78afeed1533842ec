package org.bitindex.generate.train;

import java.util.Arrays;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.Rotation;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.internal.Parallel;

/**
 * Rotation of queries and keys, softmax(q . keys / sqrt(d)) . values over all positions so far, and
 * the derivative, for the tokens 0, 1, ... of one text.
 */
final class Attention {
  private final DecoderConfig config;
  private final int threads;
  private final Rotation rotation;
  private float[] q = {};
  private float[] k = {};
  private float[] v = {};

  /** [head][position x position] weights of values, zero for positions yet to come. */
  private float[][] shares = {};

  Attention(DecoderConfig config, int threads) {
    this.config = config;
    this.threads = threads;
    this.rotation = new Rotation(config.rope(), config.headDimension());
  }

  /** Keeps the arrays, and turns queries and keys. */
  float[] forward(float[] queries, float[] keys, float[] values, int count) {
    q = queries;
    k = keys;
    v = values;
    for (int t = 0; t < count; t++) {
      rotation.turn(q, t * config.queryWidth(), config.heads(), t);
      rotation.turn(k, t * config.keyValueWidth(), config.keyValueHeads(), t);
    }
    shares = new float[config.heads()][count * count];
    float[] attended = new float[q.length];
    Parallel.forRows(
        threads,
        config.heads(),
        (from, to) -> {
          for (int head = from; head < to; head++) {
            attend(head, count, attended);
          }
        });
    return attended;
  }

  private void attend(int head, int count, float[] attended) {
    int d = config.headDimension();
    int query = head * d;
    int key = key(head);
    int queries = config.queryWidth();
    int keys = config.keyValueWidth();
    float scale = (float) (1 / Math.sqrt(d));
    float[] p = shares[head];
    TensorKernels.MAT_MUL.multiply(
        q, query, queries, transposed(k, key, keys, count), 0, count, p, 0, count, count, d, count);
    for (int t = 0; t < count; t++) {
      int row = t * count;
      for (int s = row; s <= row + t; s++) {
        p[s] *= scale;
      }
      TensorKernels.FUNCTIONS.softmax(p, row, row + t + 1);
      Arrays.fill(p, row + t + 1, row + count, 0);
    }
    TensorKernels.MAT_MUL.multiply(
        p, 0, count, v, key, keys, attended, query, queries, count, count, d);
  }

  /** The derivatives by queries, keys and values before they were turned: added to. */
  void backward(float[] dAttended, float[] dq, float[] dk, float[] dv, int count) {
    int group = config.heads() / config.keyValueHeads();
    Parallel.forRows(
        threads,
        config.keyValueHeads(),
        (from, to) -> {
          for (int head = from * group; head < to * group; head++) {
            backward(head, count, dAttended, dq, dk, dv);
          }
        });
    for (int t = 0; t < count; t++) {
      rotation.turnBack(dq, t * config.queryWidth(), config.heads(), t);
      rotation.turnBack(dk, t * config.keyValueWidth(), config.keyValueHeads(), t);
    }
  }

  private void backward(
      int head, int count, float[] dAttended, float[] dq, float[] dk, float[] dv) {
    int d = config.headDimension();
    int query = head * d;
    int key = key(head);
    int queries = config.queryWidth();
    int keys = config.keyValueWidth();
    float scale = (float) (1 / Math.sqrt(d));
    float[] p = shares[head];
    float[] slopes = new float[count * count];
    TensorKernels.MAT_MUL.multiply(
        dAttended,
        query,
        queries,
        transposed(v, key, keys, count),
        0,
        count,
        slopes,
        0,
        count,
        count,
        d,
        count);
    for (int t = 0; t < count; t++) {
      int row = t * count;
      float mean = 0;
      for (int s = row; s <= row + t; s++) {
        mean += slopes[s] * p[s];
      }
      for (int s = row; s <= row + t; s++) {
        slopes[s] = p[s] * (slopes[s] - mean) * scale;
      }
      Arrays.fill(slopes, row + t + 1, row + count, 0);
    }
    TensorKernels.MAT_MUL.multiply(
        slopes, 0, count, k, key, keys, dq, query, queries, count, count, d);
    addProduct(slopes, q, query, dk, key, count);
    addProduct(p, dAttended, query, dv, key, count);
  }

  /** dY += P' X for one head of X, whose features begin at {@code query}, and of dY. */
  private void addProduct(float[] p, float[] x, int query, float[] dy, int key, int count) {
    int d = config.headDimension();
    int keys = config.keyValueWidth();
    float[] sums = new float[d * count];
    float[] turned = transposed(x, query, config.queryWidth(), count);
    TensorKernels.MAT_MUL.multiply(turned, 0, count, p, 0, count, sums, 0, count, d, count, count);
    for (int s = 0; s < count; s++) {
      for (int i = 0; i < d; i++) {
        dy[s * keys + key + i] += sums[i * count + s];
      }
    }
  }

  private float[] transposed(float[] x, int from, int stride, int count) {
    return FloatProducts.transposed(x, from, stride, count, config.headDimension());
  }

  /** The first feature of the keys and values of a head. */
  private int key(int head) {
    return head / (config.heads() / config.keyValueHeads()) * config.headDimension();
  }
}
