package org.bitindex.bert;

import java.util.Arrays;

/**
 * softmax(Q K^T / sqrt(d)) V for one head of one sentence (Vaswani et al. 2017). Sums run over
 * ascending positions, so the JIT's vectorisation of the loops changes no bit.
 *
 * @param query tokens x hidden; a head has {@code headColumns} of the columns
 * @param key as {@code query}
 * @param value as {@code query}
 * @param context as {@code query}, overwritten
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Attention(
    float[] query, float[] key, float[] value, float[] context, int hidden, int headColumns) {
  /** Attends among the tokens {@code first} to {@code last} in the columns of {@code head}. */
  void apply(int first, int last, int head) {
    int tokens = last - first;
    int offset = first * hidden + head * headColumns;
    float[] keys = transposedKeys(offset, tokens);
    float[] weights = new float[tokens];
    for (int t = 0; t < tokens; t++) {
      score(offset + t * hidden, keys, weights);
      softmax(weights);
      mix(weights, offset, offset + t * hidden);
    }
  }

  private float[] transposedKeys(int offset, int tokens) {
    float[] keys = new float[headColumns * tokens];
    for (int t = 0; t < tokens; t++) {
      for (int c = 0; c < headColumns; c++) {
        keys[c * tokens + t] = key[offset + t * hidden + c];
      }
    }
    return keys;
  }

  private void score(int queryAt, float[] keys, float[] scores) {
    float scale = (float) (1 / Math.sqrt(headColumns));
    Arrays.fill(scores, 0f);
    for (int c = 0; c < headColumns; c++) {
      float q = query[queryAt + c] * scale;
      for (int t = 0; t < scores.length; t++) {
        scores[t] = Math.fma(q, keys[c * scores.length + t], scores[t]);
      }
    }
  }

  private static void softmax(float[] scores) {
    float max = Float.NEGATIVE_INFINITY;
    for (float score : scores) {
      max = Math.max(max, score);
    }
    for (int t = 0; t < scores.length; t++) {
      scores[t] -= max;
    }
    ElementaryFunctions.exp(scores, 0, scores.length);
    float inverse = (float) (1 / Sums.sum(scores, 0, scores.length));
    for (int t = 0; t < scores.length; t++) {
      scores[t] *= inverse;
    }
  }

  private void mix(float[] weights, int offset, int contextAt) {
    Arrays.fill(context, contextAt, contextAt + headColumns, 0f);
    for (int t = 0; t < weights.length; t++) {
      int valueAt = offset + t * hidden;
      for (int c = 0; c < headColumns; c++) {
        context[contextAt + c] = Math.fma(weights[t], value[valueAt + c], context[contextAt + c]);
      }
    }
  }
}
