package org.bitindex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;

class ParallelTest {
  @Test
  void everyRowIsInOneRange() {
    for (int threads : new int[] {1, 2, 3, 8}) {
      for (int rows : new int[] {0, 1, 2, 7, 8, 9, 100}) {
        var runs = new AtomicIntegerArray(rows);
        Parallel.forRows(
            threads,
            rows,
            (from, to) -> {
              for (int row = from; row < to; row++) {
                runs.incrementAndGet(row);
              }
            });
        for (int row = 0; row < rows; row++) {
          assertThat(runs.get(row)).isOne();
        }
      }
    }
  }

  /** An interrupt before or during the work neither stops it nor is lost. */
  @Test
  void anInterruptIsKeptAndTheWorkIsDone() {
    for (int threads : new int[] {1, 2, 4}) {
      for (int n = 0; n < 50; n++) {
        var runs = new AtomicIntegerArray(64);
        Thread.currentThread().interrupt();
        Parallel.forRows(threads, 64, (from, to) -> countWithYields(runs, from, to));
        assertThat(Thread.interrupted()).isTrue();
        for (int row = 0; row < 64; row++) {
          assertThat(runs.get(row)).isOne();
        }
      }
    }
    requireDoneBeforeReturning();
  }

  @SuppressWarnings("ThreadPriorityCheck") // a hint is enough
  private static void countWithYields(AtomicIntegerArray runs, int from, int to) {
    for (int row = from; row < to; row++) {
      Thread.yield();
      runs.incrementAndGet(row);
    }
  }

  /** The caller is interrupted while it waits for a range that another thread holds. */
  private static void requireDoneBeforeReturning() {
    Thread caller = Thread.currentThread();
    var runs = new AtomicIntegerArray(2);
    Parallel.forRows(
        2,
        2,
        (from, _) -> {
          if (Thread.currentThread() == caller) {
            runs.incrementAndGet(from);
          } else {
            awaitState(caller);
            caller.interrupt();
            runs.incrementAndGet(from);
          }
        });
    Thread.interrupted();
    assertThat(runs.get(0) + runs.get(1)).isEqualTo(2);
  }

  /** Until the thread waits, or has taken all ranges itself. */
  @SuppressWarnings("ThreadPriorityCheck") // a hint is enough
  private static void awaitState(Thread caller) {
    for (int n = 0; n < 1000 && caller.getState() != Thread.State.WAITING; n++) {
      Thread.yield();
    }
  }

  @Test
  void theFailureOfTheFirstRowsIsThrown() {
    for (int threads : new int[] {1, 4}) {
      assertThatThrownBy(() ->
              Parallel.forRows(
                  threads,
                  100,
                  (from, _) -> {
                    throw new IllegalStateException("row " + from);
                  }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("row 0");
      assertThatThrownBy(() ->
              Parallel.forRows(
                  threads,
                  100,
                  (_, _) -> {
                    throw new StackOverflowError("deep");
                  }))
          .isInstanceOf(StackOverflowError.class)
          .hasMessage("deep");
    }
  }

  @Test
  void refusesNoThreads() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Parallel.forRows(0, 1, (_, _) -> {}))
        .withMessageContaining("0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Parallel.run(-1, 1, (_, _) -> {}))
        .withMessageContaining("-1");
  }
}
