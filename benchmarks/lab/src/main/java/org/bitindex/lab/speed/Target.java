package org.bitindex.lab.speed;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.code.Code;

/**
 * How many times as fast as a peer we want to be.
 *
 * @param regime name by which targets are chosen
 * @param activationBits upper limit, 24 for the default
 * @param peer name of the peer, or {@link #ONE_THREAD} for ourselves with two threads against one
 * @param peerDensity nonzeros among the weights that the peer multiplies with
 * @param ratio the least ratio of times
 */
record Target(
    String regime,
    Setting setting,
    Code code,
    int activationBits,
    String peer,
    double peerDensity,
    double ratio) {
  static final String ONE_THREAD = "one-thread";

  private static final Code BINARY = new Code.Binary(0f);
  private static final Code TWO_BITS = new Code.Affine(2);
  private static final Code TERNARY = new Code.Ternary(-0.43f, 0.43f);
  private static final Code FOUR_BITS = new Code.Symmetric(4);
  private static final int DEFAULT = 24;

  /** All targets for products, with names that say the regime. */
  static List<Target> all() {
    List<Target> targets = new ArrayList<>();
    addOneSample(targets);
    for (int batch : new int[] {64, 256}) {
      addBatches(targets, batch);
    }
    Setting pruned = small(64, 0.1);
    String regime = "batch-64-4-bit-sparse";
    add(targets, regime, pruned, FOUR_BITS, DEFAULT, "openblas", 6);
    add(targets, regime, pruned, FOUR_BITS, DEFAULT, "csr-vector", 1.2);
    targets.add(new Target(regime, pruned, FOUR_BITS, DEFAULT, "ort-int8", 1, 1));
    regime = "threads";
    add(targets, regime, pruned, BINARY, DEFAULT, ONE_THREAD, 1.9);
    add(targets, regime, small(64, 1), FOUR_BITS, 8, ONE_THREAD, 1.9);
    add(targets, regime, small(64, 1), BINARY, DEFAULT, ONE_THREAD, 1.9);
    add(targets, regime, large(64, 1), BINARY, 8, ONE_THREAD, 1.9);
    return targets;
  }

  private static void addOneSample(List<Target> targets) {
    String regime = "one-sample-dense";
    add(targets, regime, small(1, 1), BINARY, DEFAULT, "csr-scalar", 25);
    add(targets, regime, small(1, 1), BINARY, DEFAULT, "openblas", 6);
    regime = "one-sample-sparse";
    for (double density : new double[] {0.001, 0.005, 0.01, 0.05, 0.1, 0.5}) {
      double ratio = density == 0.05 ? 1.5 : 1;
      for (String peer : List.of("csr-scalar", "csr-vector", "mkl-csr")) {
        add(targets, regime, small(1, density), BINARY, DEFAULT, peer, ratio);
      }
    }
    regime = "one-sample-4096-8-bit";
    add(targets, regime, large(1, 1), BINARY, 8, "ort-q4-b128-a4", 3);
    add(targets, regime, large(1, 1), TWO_BITS, 8, "ort-q4-b128-a4", 1.5);
    add(targets, regime, large(1, 1), FOUR_BITS, 8, "ort-q4-b128-a4", 1);
    add(targets, regime, large(1, 1), FOUR_BITS, 8, "openblas", 9);
    regime = "one-sample-4096-default";
    add(targets, regime, large(1, 1), FOUR_BITS, DEFAULT, "openblas", 3);
    add(targets, regime, large(1, 1), FOUR_BITS, DEFAULT, "ort-q4-b32-a0", 1);
    add(targets, regime, large(1, 1), FOUR_BITS, DEFAULT, "ort-q4-b128-a0", 1);
  }

  private static void addBatches(List<Target> targets, int batch) {
    Setting sparse = small(batch, 0.1);
    Setting dense = small(batch, 1);
    String regime = "batch-" + batch + "-sparse";
    add(targets, regime, sparse, BINARY, DEFAULT, "csr-vector", 3);
    add(targets, regime, sparse, BINARY, DEFAULT, "ejml-csc", 10);
    targets.add(new Target(regime, sparse, BINARY, DEFAULT, "ort-int8", 1, 2));
    regime = "batch-" + batch + "-dense-8-bit";
    add(targets, regime, dense, FOUR_BITS, 8, "ort-fp32", 1.2);
    add(targets, regime, dense, FOUR_BITS, 8, "ort-q4-b32-a4", 1.5);
    add(targets, regime, dense, TWO_BITS, 8, "ort-q4-b32-a4", 1.8);
    add(targets, regime, dense, BINARY, 8, "ort-q4-b32-a4", 3);
    add(targets, regime, dense, BINARY, 8, "ort-int8", 1);
    regime = "batch-" + batch + "-4096-8-bit";
    add(targets, regime, large(batch, 1), FOUR_BITS, 8, "ort-q4-b32-a4", 1.5);
    if (batch == 64) {
      add(targets, regime, large(batch, 1), TERNARY, 8, "ort-q2-b128-a4", 1.3);
      add(targets, regime, large(batch, 1), TWO_BITS, 8, "ort-q2-b128-a4", 1.3);
    }
    regime = "batch-" + batch + "-dense-default";
    add(targets, regime, dense, FOUR_BITS, DEFAULT, "ort-fp32", 0.7);
  }

  private static Setting small(int batch, double density) {
    return new Setting(2048, 1024, batch, density);
  }

  private static Setting large(int batch, double density) {
    return new Setting(4096, 4096, batch, density);
  }

  private static void add(
      List<Target> targets,
      String regime,
      Setting setting,
      Code code,
      int activationBits,
      String peer,
      double ratio) {
    targets.add(new Target(regime, setting, code, activationBits, peer, setting.density(), ratio));
  }
}
