package org.bitindex.generate.train;

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

  /** [head][position x position] weights of values. */
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
    float scale = (float) (1 / Math.sqrt(d));
    float[] p = shares[head];
    for (int t = 0; t < count; t++) {
      int row = t * count;
      int query = query(t, head);
      for (int s = 0; s <= t; s++) {
        p[row + s] = scale * dot(q, query, k, key(s, head), d);
      }
      TensorKernels.FUNCTIONS.softmax(p, row, row + t + 1);
      for (int s = 0; s <= t; s++) {
        add(p[row + s], v, key(s, head), attended, query, d);
      }
    }
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
    float scale = (float) (1 / Math.sqrt(d));
    float[] p = shares[head];
    float[] dp = new float[count];
    for (int t = 0; t < count; t++) {
      int row = t * count;
      int query = query(t, head);
      float mean = 0;
      for (int s = 0; s <= t; s++) {
        int key = key(s, head);
        dp[s] = dot(dAttended, query, v, key, d);
        mean += dp[s] * p[row + s];
        add(p[row + s], dAttended, query, dv, key, d);
      }
      for (int s = 0; s <= t; s++) {
        float slope = p[row + s] * (dp[s] - mean) * scale;
        add(slope, k, key(s, head), dq, query, d);
        add(slope, q, query, dk, key(s, head), d);
      }
    }
  }

  private int query(int position, int head) {
    return position * config.queryWidth() + head * config.headDimension();
  }

  private int key(int position, int head) {
    int group = config.heads() / config.keyValueHeads();
    return position * config.keyValueWidth() + head / group * config.headDimension();
  }

  private static float dot(float[] x, int first, float[] y, int second, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += x[first + i] * y[second + i];
    }
    return sum;
  }

  private static void add(float factor, float[] x, int from, float[] y, int to, int count) {
    for (int i = 0; i < count; i++) {
      y[to + i] += factor * x[from + i];
    }
  }
}
