package org.bitindex.backend;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.bitindex.BackendException;

/**
 * A backend whose code is slow until the JVM has compiled it. It is checked, and its code is made
 * to be compiled, on a thread of its own; meanwhile the reference serves small products, with the
 * same bits, and large ones wait for the check. Where the backend fails, which is logged as an
 * error, the reference serves all products, and {@link #description} says so.
 */
final class WarmingBackend implements Backend {
  private static final System.Logger LOGGER = System.getLogger(Backends.class.getName());

  private final Backend backend;
  private final Backend reference;
  private final Executor background;
  private final FutureTask<Boolean> check;
  private volatile boolean failed;

  /**
   * A backend that will be checked before its first product.
   *
   * @param background runs one task at a time, in order
   */
  WarmingBackend(Backend backend, Backend reference, Executor background) {
    this.backend = backend;
    this.reference = reference;
    this.background = background;
    this.check = new FutureTask<>(this::check, true);
  }

  /** One daemon thread that ends where there is nothing to do. */
  static Executor thread() {
    var thread =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            Thread.ofPlatform().daemon().name("bie-warm-up").factory());
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  private void check() {
    try {
      SelfCheck.require(backend, reference);
    } catch (BackendException e) {
      fail(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      failed = true; // closed meanwhile
    }
  }

  /** From now on the reference serves. */
  void fail(String reason) {
    failed = true;
    LOGGER.log(System.Logger.Level.ERROR, "{0}; the slow reference multiplies instead", reason);
  }

  boolean hasFailed() {
    return failed;
  }

  Executor background() {
    return background;
  }

  /** A plan of the backend, or of the reference where the check failed; waits for the check. */
  Plan checkedPlan(List<Linear> layers, int activationBits) {
    check.run(); // here, unless it has begun
    try {
      check.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new BackendException("interrupted while " + name() + " was checked", e);
    } catch (ExecutionException e) {
      throw new BackendException(name() + " could not be checked", e);
    }
    return (failed ? reference : backend).plan(layers, activationBits);
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String description() {
    return failed
        ? reference.description() + ", because " + name() + " failed"
        : backend.description();
  }

  @Override
  public Plan plan(List<Linear> layers, int activationBits) {
    return new WarmingPlan(layers, activationBits, reference.plan(layers, activationBits), this);
  }

  @Override
  public Optional<DeviceBackend> device() {
    return backend.device();
  }

  @Override
  public void close() {
    backend.close();
    reference.close();
  }
}
