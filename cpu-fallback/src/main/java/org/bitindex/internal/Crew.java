package org.bitindex.internal;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Threads that share the parts of one task at a time, without allocating. Each begins with the same
 * neighbouring parts every time, which its cache may still have from the task before. The caller
 * never waits for a thread to wake up, only for those that have joined. Where the crew is busy with
 * another task, the caller works alone. Threads start when first needed, and end when unused.
 */
final class Crew {
  private static final int STRIDE = 16;

  private static final long OPEN = 1L << 31;

  /** Turns of waiting before a thread sleeps: some 0.2 ms, since waking it may take that long. */
  private static final int SPINS = 20_000;

  /** A thread other than the caller's. */
  private static final class Helper {
    private final Thread thread;
    private volatile boolean asleep;

    private Helper(Crew crew, int worker) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .name("bie-worker-" + worker)
              .unstarted(() -> crew.loop(worker, this));
    }
  }

  private final long keptNanoseconds;
  private final ReentrantLock lock = new ReentrantLock();

  /** Replaced under the lock. */
  private volatile @Nullable Helper[] helpers = {};

  /** The next part of each thread's share, at a distance that keeps them out of one cache line. */
  private AtomicIntegerArray nextParts = new AtomicIntegerArray(0);

  /**
   * The number of the task, then whether it is {@link #OPEN}, then how many threads have joined.
   */
  private final AtomicLong gate = new AtomicLong();

  private Parallel.@Nullable Task task;
  private int parts;

  /** Threads of the task, the caller's included. */
  private int threads;

  private volatile @Nullable Thread caller;
  private @Nullable Throwable failure;
  private int failedPart;

  /** A crew whose threads end when nothing came for so long. */
  Crew(long keptNanoseconds) {
    this.keptNanoseconds = keptNanoseconds;
  }

  /** As {@link Parallel#run}. */
  void run(int count, int most, Parallel.Task work) {
    int wanted = Math.min(most, count);
    if (wanted < 2 || lock.isHeldByCurrentThread() || !lock.tryLock()) {
      for (int part = 0; part < count; part++) {
        work.run(0, part);
      }
      return;
    }
    try {
      share(work, count, wanted);
    } finally {
      task = null;
      lock.unlock();
    }
  }

  private void share(Parallel.Task work, int count, int wanted) {
    task = work;
    parts = count;
    threads = wanted;
    failure = null;
    startHelpers();
    for (int worker = 0; worker < threads; worker++) {
      nextParts.set(worker * STRIDE, first(worker));
    }
    caller = Thread.currentThread();
    gate.set((number(gate.get()) + 1) << Integer.SIZE | OPEN); // publishes the fields above
    for (int i = 0; i < threads - 1; i++) {
      Helper helper = helpers[i];
      if (helper != null) {
        LockSupport.unpark(helper.thread);
      }
    }
    takeParts(work, 0);
    gate.addAndGet(-OPEN);
    for (int spins = 0; !isLeft(gate.get()); spins++) {
      if (spins < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.park(this);
      }
    }
    switch (failure) {
      case null -> {}
      case RuntimeException e -> throw e;
      case Error e -> throw e;
      default -> throw new IllegalStateException(failure);
    }
  }

  private void startHelpers() {
    if (nextParts.length() < threads * STRIDE) {
      nextParts = new AtomicIntegerArray(threads * STRIDE);
    }
    for (int i = 0; i < threads - 1; i++) {
      if (i >= helpers.length || helpers[i] == null) {
        Helper helper = new Helper(this, i + 1);
        replace(i, helper);
        helper.thread.start();
      }
    }
  }

  private void replace(int i, @Nullable Helper helper) {
    @Nullable Helper[] changed = Arrays.copyOf(helpers, Math.max(helpers.length, i + 1));
    changed[i] = helper;
    helpers = changed;
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
    return (int) ((long) parts * worker / threads);
  }

  /** Takes the parts of the own share, then what the others have left. */
  private void takeParts(Parallel.Task work, int worker) {
    for (int i = 0; i < threads; i++) {
      takeShare(work, worker, (worker + i) % threads);
    }
  }

  private void takeShare(Parallel.Task work, int worker, int owner) {
    int end = first(owner + 1);
    int at = owner * STRIDE;
    for (int p = nextParts.getAndIncrement(at); p < end; p = nextParts.getAndIncrement(at)) {
      try {
        work.run(worker, p);
      } catch (Throwable t) {
        fail(p, t);
      }
    }
  }

  /** Keeps the failure of the first part that fails, whichever thread is first. */
  private synchronized void fail(int part, Throwable t) {
    if (failure == null || part < failedPart) {
      failure = t;
      failedPart = part;
    }
  }

  private void loop(int worker, Helper self) {
    long seen = 0;
    long idleSince = System.nanoTime();
    for (int spins = 0; ; ) {
      long now = gate.get();
      if ((now & OPEN) != 0 && number(now) != seen) {
        if (gate.compareAndSet(now, now + 1)) {
          join(worker);
          seen = number(now);
          spins = 0;
          idleSince = System.nanoTime();
        }
      } else if (spins < SPINS) {
        Thread.onSpinWait();
        spins++;
      } else if (System.nanoTime() - idleSince < keptNanoseconds) {
        sleep(self);
        spins = 0;
      } else if (lock.tryLock()) { // no task is open, and none will be before this
        try {
          replace(worker - 1, null);
          return;
        } finally {
          lock.unlock();
        }
      }
    }
  }

  private void join(int worker) {
    Parallel.Task work = task;
    if (work != null && worker < threads) {
      takeParts(work, worker);
    }
    Thread.interrupted(); // else it would never sleep again
    if (isLeft(gate.decrementAndGet())) {
      LockSupport.unpark(caller);
    }
  }

  private void sleep(Helper self) {
    self.asleep = true;
    LockSupport.parkNanos(this, keptNanoseconds);
    self.asleep = false;
  }

  /** As {@link Parallel#awake}. */
  boolean awake(int most) {
    @Nullable Helper[] now = helpers;
    for (int i = 0; i < most - 1; i++) {
      Helper helper = i < now.length ? now[i] : null;
      if (helper == null || helper.asleep) {
        return false;
      }
    }
    return true;
  }

  /** Number of threads that have started and not ended, without callers. */
  int helpers() {
    int count = 0;
    for (Helper helper : helpers) {
      count += helper == null ? 0 : 1;
    }
    return count;
  }
}
