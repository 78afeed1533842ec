package org.bitindex.backend.vector;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A crew of threads that share the parts of one task at a time, without allocating. Each begins
 * with the same neighbouring parts every time, which its cache may still have from the task before.
 * Where the crew is busy with another caller's task, the caller works alone.
 */
final class Workers implements AutoCloseable {
  /** Work in numbered parts. */
  interface Task {
    /**
     * Does one part.
     *
     * @param worker which thread does it, 0 to count - 1: selects scratch memory
     */
    void run(int worker, int part);
  }

  private static final int STRIDE = 16;

  /** Turns of waiting before a thread sleeps: some 0.2 ms, since waking it may take that long. */
  private static final int SPINS = 20_000;

  private final Thread[] threads;
  private final ReentrantLock lock = new ReentrantLock();

  /** The next part of each thread's share, at a distance that keeps them out of one cache line. */
  private final AtomicIntegerArray nextParts;

  private final AtomicInteger running = new AtomicInteger();
  private @Nullable Task task;
  private int parts;
  private volatile @Nullable Throwable failure;
  private final AtomicInteger generation = new AtomicInteger();
  private volatile @Nullable Thread caller;
  private volatile boolean closed;

  /** A crew of {@code count} threads, the caller's included. */
  Workers(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads is " + count + ", must be at least 1");
    }
    threads = new Thread[count - 1];
    nextParts = new AtomicIntegerArray(count * STRIDE);
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      threads[i] =
          Thread.ofPlatform().daemon().name("bie-worker-" + worker).start(() -> loop(worker));
    }
  }

  /** Number of threads, the caller's included. */
  int count() {
    return threads.length + 1;
  }

  /** Runs parts 0 to {@code count} - 1 of {@code work} and returns when all are done. */
  void run(Task work, int count) {
    if (threads.length == 0 || count < 2 || !lock.tryLock()) {
      for (int part = 0; part < count; part++) {
        work.run(0, part);
      }
      return;
    }
    try {
      share(work, count);
    } finally {
      lock.unlock();
    }
  }

  private void share(Task work, int count) {
    task = work;
    parts = count;
    failure = null;
    for (int worker = 0; worker < count(); worker++) {
      nextParts.set(worker * STRIDE, first(worker));
    }
    running.set(threads.length);
    caller = Thread.currentThread();
    generation.incrementAndGet(); // publishes the fields above
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    takeParts(work, 0);
    for (int spins = 0; running.get() > 0; spins++) {
      pause(spins);
    }
    task = null;
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  /** First part of a thread's share. */
  private int first(int worker) {
    return (int) ((long) parts * worker / count());
  }

  /** Takes the parts of the own share, then what the others have left. */
  private void takeParts(Task work, int worker) {
    try {
      for (int i = 0; i < count(); i++) {
        takeShare(work, worker, (worker + i) % count());
      }
    } catch (Throwable t) {
      failure = t;
      for (int i = 0; i < count(); i++) {
        nextParts.set(i * STRIDE, parts);
      }
    }
  }

  private void takeShare(Task work, int worker, int owner) {
    int end = first(owner + 1);
    int at = owner * STRIDE;
    for (int p = nextParts.getAndIncrement(at); p < end; p = nextParts.getAndIncrement(at)) {
      work.run(worker, p);
    }
  }

  private void loop(int worker) {
    int seen = 0;
    while (true) {
      for (int spins = 0; generation.get() == seen && !closed; spins++) {
        pause(spins);
      }
      if (closed) {
        return;
      }
      seen = generation.get();
      Task work = task;
      if (work != null) {
        takeParts(work, worker);
      }
      if (running.decrementAndGet() == 0) {
        LockSupport.unpark(caller);
      }
    }
  }

  private void pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      LockSupport.park(this);
    }
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
