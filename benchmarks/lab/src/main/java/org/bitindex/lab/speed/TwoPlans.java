package org.bitindex.lab.speed;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Two products with nothing in common, at the same time: what two threads could reach on a machine
 * if they never had to wait for each other.
 */
final class TwoPlans implements AutoCloseable {
  /** Products of a call: several of each plan, beside which waking the second thread is little. */
  static final int PRODUCTS = 20;

  private final OwnProduct mine;
  private final OwnProduct other;
  private final ExecutorService thread = Executors.newSingleThreadExecutor();

  TwoPlans(OwnProduct mine, OwnProduct other) {
    this.mine = mine;
    this.other = other;
  }

  void multiply() {
    Future<?> second = thread.submit(() -> repeat(other));
    repeat(mine);
    try {
      second.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void repeat(OwnProduct product) {
    for (int i = 0; i < PRODUCTS / 2; i++) {
      product.multiply();
    }
  }

  @Override
  public void close() {
    thread.close();
    mine.close();
    other.close();
  }
}
