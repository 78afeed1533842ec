package org.bitindex.backend.vector;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A crew of threads that share the parts of one task at a time, without allocating. Each begins
 * with the same neighbouring parts every time, which its cache may still have from the task before.
 * The caller never waits for a thread to wake up, only for those that have joined. Where the crew
 * is busy with another caller's task, the caller works alone.
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

  private static final long OPEN = 1L << 31;

  /** Turns of waiting before a thread sleeps: some 0.2 ms, since waking it may take that long. */
  private static final int SPINS = 20_000;

  private final Thread[] threads;
  private final ReentrantLock lock = new ReentrantLock();

  /** The next part of each thread's share, at a distance that keeps them out of one cache line. */
  private final AtomicIntegerArray nextParts;

  /**
   * The number of the task, then whether it is {@link #OPEN}, then how many threads have joined.
   */
  private final AtomicLong gate = new AtomicLong();

  private final AtomicInteger asleep = new AtomicInteger();
  private @Nullable Task task;
  private int parts;
  private volatile @Nullable Throwable failure;
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

  /**
   * Checks that the crew is at work.
   *
   * @throws IllegalStateException if it is closed
   */
  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the backend is closed");
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
    caller = Thread.currentThread();
    gate.set((number(gate.get()) + 1) << Integer.SIZE | OPEN); // publishes the fields above
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
    takeParts(work, 0);
    gate.addAndGet(-OPEN);
    for (int spins = 0; !isLeft(gate.get()); ) {
      spins = pause(spins);
    }
    task = null;
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private static long number(long gate) {
    return gate >>> Integer.SIZE;
  }

  /** Closed, and nobody is at work. */
  private static boolean isLeft(long gate) {
    return (int) gate == 0;
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
    long seen = 0;
    for (int spins = 0; !closed; ) {
      long now = gate.get();
      if ((now & OPEN) == 0 || number(now) == seen) {
        spins = pause(spins);
      } else if (gate.compareAndSet(now, now + 1)) {
        Task work = task;
        if (work != null) {
          takeParts(work, worker);
        }
        if (isLeft(gate.decrementAndGet())) {
          LockSupport.unpark(caller);
        }
        seen = number(now);
        spins = 0;
      }
    }
  }

  /** Waits for a moment, or sleeps until woken; returns how often this was done since then. */
  private int pause(int spins) {
    if (spins < SPINS) {
      Thread.onSpinWait();
      return spins + 1;
    }
    asleep.incrementAndGet();
    LockSupport.park(this);
    asleep.decrementAndGet();
    return 0;
  }

  /** Whether no thread sleeps, so that a task's help comes at once. */
  boolean awake() {
    return asleep.get() == 0;
  }

  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
