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
import org.jspecify.annotations.Nullable;

/**
 * A backend whose code is slow until the JVM has compiled it. It is checked, and its code is made
 * to be compiled, on a thread of its own; meanwhile the reference serves small products, with the
 * same bits, and large ones wait for the check. Where the backend fails, all further products are
 * refused with the reason: a failure is never hidden by a backend that nobody chose.
 */
final class WarmingBackend implements Backend {
  private final Backend backend;
  private final Backend reference;
  private final Executor background;
  private final FutureTask<Boolean> check;
  private volatile @Nullable String failure;

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
      fail(name() + " was closed before it was checked");
    }
  }

  /** From now on there are no products. */
  void fail(String reason) {
    failure = reason;
  }

  /**
   * Lets a product go on.
   *
   * @throws BackendException if the backend has failed, with the reason
   */
  void requireSound() {
    String reason = failure;
    if (reason != null) {
      throw new BackendException(reason + "; backend scalar multiplies everywhere, slowly");
    }
  }

  Executor background() {
    return background;
  }

  /**
   * A plan of the backend; waits for the check, also when interrupted, which the thread still is
   * afterwards.
   *
   * @throws BackendException if the check failed
   */
  Plan checkedPlan(List<Linear> layers, int activationBits) {
    check.run(); // here, unless it has begun
    boolean interrupted = Thread.interrupted();
    while (!isChecked()) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    requireSound();
    return backend.plan(layers, activationBits);
  }

  /** Waits for the check; false if interrupted before its end. */
  private boolean isChecked() {
    try {
      check.get();
      return true;
    } catch (InterruptedException _) {
      return false;
    } catch (ExecutionException e) {
      throw new BackendException(name() + " could not be checked: " + e.getCause(), e);
    }
  }

  @Override
  public String name() {
    return backend.name();
  }

  @Override
  public String description() {
    return backend.description();
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
