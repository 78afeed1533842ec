package org.bitindex.backend;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.bitindex.BackendException;
import org.jspecify.annotations.Nullable;

/**
 * A plan of a {@link WarmingBackend}. Small batches are served by the reference until the backend's
 * own plan, made and repeated in the background, has given the same bits for such a batch in less
 * time; nobody sees the change but by the clock. That begins after the first result, which has the
 * processors and the compiler for itself. Larger batches go to the own plan at once.
 */
final class WarmingPlan extends Plan {
  /** Weights times samples that the reference may take: some 50 ms, not compiled either. */
  static final long SERVED = 1L << 22;

  private static final int COLD = 0;
  private static final int WARMING = 1;
  private static final int WARM = 2;

  /** Repetitions end here, also where the own plan never is the faster one. */
  private static final int MOST_RUNS = 10_000;

  private static final long MOST_NANOSECONDS = 2_000_000_000L;

  private final List<Linear> layers;
  private final int activationBits;
  private final Plan reference;
  private final WarmingBackend backend;
  private final long weights;

  /** For batches of up to 1, 2, 4 ... samples. */
  private final AtomicIntegerArray states = new AtomicIntegerArray(Integer.SIZE);

  /** Held while the own plan is made or warms up, so that closing waits. */
  private final Object step = new Object();

  private volatile @Nullable Plan own;
  private volatile boolean closing;

  WarmingPlan(List<Linear> layers, int activationBits, Plan reference, WarmingBackend backend) {
    super(layers);
    this.layers = layers;
    this.activationBits = activationBits;
    this.reference = reference;
    this.backend = backend;
    this.weights =
        layers.stream()
            .mapToLong(layer -> (long) layer.weights().rows() * layer.weights().columns())
            .sum();
    if (weights > SERVED) {
      own();
    }
  }

  private static int regime(int batch) {
    return Integer.SIZE - 1 - Integer.numberOfLeadingZeros(batch);
  }

  /**
   * The plan that takes this batch, or null for the reference.
   *
   * @throws BackendException if the backend has failed
   */
  private @Nullable Plan chosen(int batch) {
    backend.requireSound();
    boolean served = states.get(regime(batch)) != WARM && batch * weights <= SERVED;
    return served ? null : own();
  }

  /** The own plan, made here unless it is there. */
  private Plan own() {
    Plan made = own;
    if (made == null) {
      synchronized (step) {
        made = own;
        if (made == null) {
          if (closing) {
            throw new IllegalStateException("the plan is closed");
          }
          made = backend.checkedPlan(layers, activationBits);
          own = made;
        }
      }
    }
    return made;
  }

  @Override
  protected void run(float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    Plan plan = chosen(batch);
    if (plan != null) {
      plan.run(input, inputOffset, batch, output, outputOffset);
      return;
    }
    long start = System.nanoTime();
    reference.run(input, inputOffset, batch, output, outputOffset);
    long nanoseconds = System.nanoTime() - start;
    if (states.compareAndSet(regime(batch), COLD, WARMING)) {
      float[] x = Arrays.copyOfRange(input, inputOffset, inputOffset + batch * inputColumns());
      float[] y = Arrays.copyOfRange(output, outputOffset, outputOffset + batch * outputColumns());
      backend.background().execute(() -> warm(x, batch, y, nanoseconds));
    }
  }

  @Override
  protected void run(MemorySegment input, int batch, MemorySegment output) {
    Plan plan = chosen(batch);
    if (plan != null) {
      plan.run(input, batch, output);
    } else {
      super.run(input, batch, output);
    }
  }

  /** Repeats a batch until that takes less than {@code nanoseconds}; y are its right outputs. */
  private void warm(float[] x, int batch, float[] y, long nanoseconds) {
    float[] output = new float[y.length];
    long begin = System.nanoTime();
    try {
      for (int run = 0; run < MOST_RUNS && !closing; run++) {
        long start = System.nanoTime();
        synchronized (step) {
          if (closing) {
            return;
          }
          own().run(x, 0, batch, output, 0);
        }
        requireEqual(y, output);
        long end = System.nanoTime();
        if (end - start < nanoseconds || end - begin > MOST_NANOSECONDS) {
          break;
        }
      }
      states.set(regime(batch), WARM);
    } catch (BackendException e) {
      backend.fail(String.valueOf(e.getMessage()));
    } catch (IllegalStateException e) {
      // Backend or matrix was closed meanwhile.
    }
  }

  private void requireEqual(float[] expected, float[] actual) {
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(expected[i]) != Float.floatToIntBits(actual[i])) {
        throw new BackendException(
            backend.name()
                + " multiplied wrongly: output "
                + i
                + " is "
                + Float.toHexString(actual[i])
                + ", the reference gives "
                + Float.toHexString(expected[i]));
      }
    }
  }

  @Override
  public long preparedBytes() {
    Plan made = own;
    return made == null ? 0 : made.preparedBytes();
  }

  @Override
  protected void prepareFor(int[] batches) {
    own().prepareFor(batches);
    for (int batch : batches) {
      states.set(regime(batch), WARM);
    }
  }

  @Override
  protected int largestLike(int batch) {
    Plan made = own;
    return made == null ? super.largestLike(batch) : made.largestLike(batch);
  }

  @Override
  protected void keepOnlyFor(int[] batches) {
    Plan made = own;
    if (made != null) {
      made.keepOnlyFor(batches);
    }
  }

  @Override
  protected void release() {
    closing = true;
    synchronized (step) {
      reference.close();
      Plan made = own;
      if (made != null) {
        made.close();
      }
    }
  }
}
