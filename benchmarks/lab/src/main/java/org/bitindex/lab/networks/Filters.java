package org.bitindex.lab.networks;

import java.util.Random;
import org.bitindex.graph.tensor.Tensor;

/**
 * Filters of a convolution, learnt without labels: centres of what the window sees, by spherical
 * k-means (Coates, Ng 2012).
 *
 * @param weights [filters x channels x size x size]
 * @param bias of each filter: only what is like it passes a ReLU
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Filters(Tensor weights, float[] bias) {
  private static final int PATCHES = 10_000;
  private static final int ROUNDS = 10;
  private static final float BIAS = -0.1f;

  /** Learns from maps [samples x channels x height x width], with a fixed seed. */
  static Filters learn(Tensor maps, int filters, int size) {
    var random = new Random(2);
    float[][] patches = new float[PATCHES][];
    for (int i = 0; i < PATCHES; ) {
      float[] patch = patch(maps, size, random);
      if (normalize(patch)) {
        patches[i++] = patch;
      }
    }
    float[][] centres = new float[filters][];
    for (int f = 0; f < filters; f++) {
      centres[f] = patches[f].clone();
    }
    for (int round = 0; round < ROUNDS; round++) {
      centres = improve(centres, patches);
    }
    int length = centres[0].length;
    float[] values = new float[filters * length];
    float[] bias = new float[filters];
    for (int f = 0; f < filters; f++) {
      System.arraycopy(centres[f], 0, values, f * length, length);
      bias[f] = BIAS;
    }
    return new Filters(Tensor.of(new int[] {filters, maps.size(1), size, size}, values), bias);
  }

  private static float[] patch(Tensor maps, int size, Random random) {
    int channels = maps.size(1);
    int height = maps.size(2);
    int width = maps.size(3);
    int sample = random.nextInt(maps.size(0));
    int y = random.nextInt(height - size + 1);
    int x = random.nextInt(width - size + 1);
    float[] patch = new float[channels * size * size];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < size; i++) {
        int from = ((sample * channels + c) * height + y + i) * width + x;
        System.arraycopy(maps.floats(), from, patch, (c * size + i) * size, size);
      }
    }
    return patch;
  }

  /** Mean 0, length 1; false if nothing is left. */
  private static boolean normalize(float[] patch) {
    double mean = 0;
    for (float value : patch) {
      mean += value / patch.length;
    }
    double squares = 0;
    for (int i = 0; i < patch.length; i++) {
      patch[i] -= (float) mean;
      squares += (double) patch[i] * patch[i];
    }
    double length = Math.sqrt(squares);
    for (int i = 0; i < patch.length; i++) {
      patch[i] /= (float) length;
    }
    return length > 1e-3;
  }

  /** Each centre becomes the direction of the sum of the patches nearest to it. */
  private static float[][] improve(float[][] centres, float[][] patches) {
    float[][] sums = new float[centres.length][centres[0].length];
    for (float[] patch : patches) {
      int best = 0;
      double bestProduct = Double.NEGATIVE_INFINITY;
      for (int f = 0; f < centres.length; f++) {
        double product = 0;
        for (int i = 0; i < patch.length; i++) {
          product += (double) patch[i] * centres[f][i];
        }
        if (product > bestProduct) {
          best = f;
          bestProduct = product;
        }
      }
      for (int i = 0; i < patch.length; i++) {
        sums[best][i] += patch[i];
      }
    }
    for (int f = 0; f < sums.length; f++) {
      if (!normalize(sums[f])) {
        sums[f] = centres[f];
      }
    }
    return sums;
  }
}
