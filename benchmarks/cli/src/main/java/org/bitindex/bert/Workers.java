package org.bitindex.bert;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;

/** A fixed number of threads, kept between calls, for tasks that write to different places. */
final class Workers implements AutoCloseable {
  private final int threads;
  private final ExecutorService executor;

  /** {@code threads} includes the caller's. */
  Workers(int threads) {
    this.threads = threads;
    this.executor =
        Executors.newFixedThreadPool(
            Math.max(1, threads - 1), Thread.ofPlatform().daemon().name("bert-", 0).factory());
  }

  /** Runs {@code task} for 0 to {@code count} - 1 and returns when all are done. */
  void forEach(int count, IntConsumer task) {
    var next = new AtomicInteger();
    Runnable taker =
        () -> {
          for (int i = next.getAndIncrement(); i < count; i = next.getAndIncrement()) {
            task.accept(i);
          }
        };
    List<Future<?>> helpers = new ArrayList<>();
    for (int t = 1; t < Math.min(threads, count); t++) {
      helpers.add(executor.submit(taker));
    }
    taker.run();
    for (Future<?> helper : helpers) {
      await(helper);
    }
  }

  private static void await(Future<?> helper) {
    try {
      helper.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a worker failed", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while embedding", e);
    }
  }

  @Override
  public void close() {
    executor.shutdown();
  }
}
