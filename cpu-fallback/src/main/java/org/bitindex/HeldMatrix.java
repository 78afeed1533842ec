package org.bitindex;

import java.io.IOException;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Plan;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BitIndexMatrix} holds, apart from it so that its cleaner can close this when the
 * matrix is unreachable. Calls hold the read lock, closing the write lock.
 */
final class HeldMatrix {
  /** The backend of all matrices, opened when it is first needed. */
  private static final class Shared {
    private static @Nullable Backend backend;

    static synchronized Backend backend() {
      Backend open = backend;
      if (open == null) {
        open = Backends.open();
        backend = open;
      }
      return open;
    }
  }

  /** Something that reads the encoded matrix. */
  interface Reading {
    void read(EncodedMatrix matrix) throws IOException;
  }

  private final EncodedMatrix matrix;
  private final Runnable release;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private @Nullable Plan plan;
  private boolean closed;

  HeldMatrix(EncodedMatrix matrix, Runnable release) {
    this.matrix = matrix;
    this.release = release;
  }

  EncodedMatrix matrix() {
    return matrix;
  }

  void execute(Consumer<Plan> call) {
    lock.readLock().lock();
    try {
      call.accept(plan());
    } finally {
      lock.readLock().unlock();
    }
  }

  void read(Reading reading) throws IOException {
    lock.readLock().lock();
    try {
      requireOpen();
      reading.read(matrix);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** The plan, made at the first product. */
  private synchronized Plan plan() {
    requireOpen();
    Plan made = plan;
    if (made == null) {
      made = Shared.backend().plan(matrix);
      plan = made;
    }
    return made;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the matrix is closed");
    }
  }

  void close() {
    lock.writeLock().lock();
    try {
      closed = true;
      if (plan != null) {
        plan.close();
      }
      release.run();
    } finally {
      lock.writeLock().unlock();
    }
  }
}
