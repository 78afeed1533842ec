package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.bitindex.BackendException;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who multiplies when; the background is a queue that the tests empty. */
class WarmingBackendTest {
  private static final int ROWS = 20;
  private static final int COLUMNS = 130;

  /** A batch that the reference does not serve. */
  private static final int LARGE = (int) (WarmingPlan.SERVED / (ROWS * COLUMNS)) + 1;

  private final Deque<Runnable> background = new ArrayDeque<>();
  private final Counting reference = new Counting(new ScalarBackend());
  private final EncodedMatrix weights = weights();

  /** Counts samples; its products are those of another. */
  private static class Counting implements Backend {
    private final Backend backend;
    private int samples;

    Counting(Backend backend) {
      this.backend = backend;
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
      Plan plan = backend.plan(layers, activationBits);
      return new Plan(layers) {
        @Override
        public long preparedBytes() {
          return 7;
        }

        @Override
        protected void run(float[] input, int at, int batch, float[] output, int outputAt) {
          samples += batch;
          plan.run(input, at, batch, output, outputAt);
        }

        @Override
        protected void release() {
          plan.close();
        }
      };
    }

    @Override
    public void close() {
      backend.close();
    }
  }

  private static EncodedMatrix weights() {
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    return new Recipe(new Coding.LeastSquares(new Code.Symmetric(3)))
        .encode(DenseMatrix.of(ROWS, COLUMNS, values));
  }

  @AfterEach
  void closeWeights() {
    weights.close();
  }

  private WarmingBackend warming(Backend backend) {
    Executor queue = background::add;
    return new WarmingBackend(backend, reference, queue);
  }

  private void runBackground() {
    while (!background.isEmpty()) {
      background.remove().run();
    }
  }

  private static float[] execute(Plan plan, int batch) {
    float[] input = new float[batch * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) Math.cos(i);
    }
    float[] output = new float[batch * ROWS];
    plan.execute(input, batch, output);
    return output;
  }

  /** Samples that {@code work} sent through the reference. */
  private int served(Runnable work) {
    int before = reference.samples;
    work.run();
    return reference.samples - before;
  }

  @Test
  void theReferenceServesUntilTheBackendGaveTheSameBits() {
    var own = new Counting(new ScalarBackend());
    try (WarmingBackend backend = warming(own);
        Plan plan = backend.plan(weights)) {
      float[] first = execute(plan, 3);
      assertThat(own.samples).isZero();
      assertThat(plan.preparedBytes()).isZero();
      runBackground();
      assertThat(plan.preparedBytes()).isEqualTo(7);
      assertThat(served(() -> assertThat(execute(plan, 3)).containsExactly(first))).isZero();
      assertThat(served(() -> execute(plan, 1))).as("a batch of another size").isEqualTo(1);
    }
  }

  @Test
  void largeBatchesAndPreparedOnesGoToTheBackendWhichIsCheckedFirst() {
    var own = new Counting(new ScalarBackend());
    try (WarmingBackend backend = warming(own);
        Plan plan = backend.plan(weights)) {
      execute(plan, LARGE);
      assertThat(own.samples).as("the check and the batch").isGreaterThan(LARGE);
      plan.prepare(2);
      assertThat(served(() -> execute(plan, 2))).isZero();
    }
  }

  @Test
  void thereAreNoProductsAfterAFailedCheck() {
    try (WarmingBackend backend = warming(new LastBitBackend());
        Plan plan = backend.plan(weights)) {
      execute(plan, 3);
      runBackground();
      for (int batch : new int[] {3, LARGE}) {
        requireRefused(() -> execute(plan, batch));
      }
      requireRefused(() -> plan.prepare(3));
    }
  }

  @Test
  void aCheckThatHasNoMemoryIsNamed() {
    var large =
        new Counting(new ScalarBackend()) {
          @Override
          public Plan plan(List<Linear> layers, int activationBits) {
            throw new OutOfMemoryError("a work space");
          }
        };
    try (WarmingBackend backend = warming(large);
        Plan plan = backend.plan(weights)) {
      assertThatThrownBy(() -> plan.prepare(3))
          .isInstanceOf(BackendException.class)
          .hasMessage("scalar could not be checked: java.lang.OutOfMemoryError: a work space");
    }
  }

  /** What the self-check does not see. */
  @Test
  void thereAreNoProductsAfterABatchOfTheCallerCameOutWrong() {
    var wrong = new LastBitBackend((layer, _, _) -> layer.weights().columns() == COLUMNS);
    try (WarmingBackend backend = warming(wrong);
        Plan plan = backend.plan(weights)) {
      execute(plan, 3);
      runBackground();
      requireRefused(() -> execute(plan, 3));
    }
  }

  private static void requireRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(BackendException.class)
        .hasMessageContaining("last-bit")
        .hasMessageEndingWith("; backend scalar multiplies everywhere, slowly");
  }

  /** The check is under way on another thread, which goes on when the interrupted caller waits. */
  @Test
  void anInterruptNeitherEndsTheWaitForTheCheckNorIsLost() throws InterruptedException {
    Thread caller = Thread.currentThread();
    var begun = new CountDownLatch(1);
    var sent = new AtomicBoolean();
    var slow =
        new Counting(new ScalarBackend()) {
          @Override
          public Plan plan(List<Linear> layers, int activationBits) {
            if (begun.getCount() > 0) { // later plans go on: the caller may wait for them
              begun.countDown();
              while (!(sent.get() && caller.getState() == Thread.State.WAITING)) {
                Thread.onSpinWait();
              }
            }
            return super.plan(layers, activationBits);
          }
        };
    try (WarmingBackend backend = warming(slow);
        Plan first = backend.plan(weights);
        Plan second = backend.plan(weights)) {
      execute(first, 3);
      Thread.ofPlatform().daemon().start(this::runBackground);
      begun.await();
      caller.interrupt();
      sent.set(true);
      float[] output = execute(second, LARGE);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(output).startsWith(execute(new ScalarBackend().plan(weights), 3));
    }
  }

  @Test
  void nothingIsReadAfterClosing() {
    WarmingBackend backend = warming(new Counting(new ScalarBackend()));
    Plan plan = backend.plan(weights);
    execute(plan, 3);
    plan.close();
    weights.close();
    backend.close();
    runBackground();
    assertThatIllegalStateException().isThrownBy(() -> execute(plan, 3));
  }
}
