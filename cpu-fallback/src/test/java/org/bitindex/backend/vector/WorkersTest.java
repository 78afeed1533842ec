package org.bitindex.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WorkersTest {
  @Test
  void runsEveryPartOnce() {
    try (var workers = new Workers(3)) {
      for (int count : new int[] {0, 1, 2, 3, 100}) {
        var runs = new AtomicIntegerArray(count);
        workers.run((_, part) -> runs.incrementAndGet(part), count);
        for (int part = 0; part < count; part++) {
          assertThat(runs.get(part)).isEqualTo(1);
        }
      }
    }
  }

  /** Threads that come late, or sleep, find no part of a task that is done. */
  @Test
  void allPartsAreDoneWhenTheCallReturnsAndNoneLater() {
    try (var workers = new Workers(4)) {
      for (int n = 1; n <= 5000; n++) {
        int task = n;
        int[] done = new int[2 + n % 7];
        workers.run((_, part) -> done[part] += task, done.length);
        assertThat(done).containsOnly(task);
        if (n % 1000 == 0) {
          LockSupport.parkNanos(5_000_000); // long enough for the others to fall asleep
          assertThat(done).containsOnly(task);
        }
      }
    }
  }

  @Test
  void failuresReachTheCallerAndTheCrewGoesOn() {
    try (var workers = new Workers(2)) {
      Workers.Task failing =
          (_, part) -> {
            throw new IllegalStateException("part " + part);
          };
      assertThatThrownBy(() -> workers.run(failing, 4)).isInstanceOf(IllegalStateException.class);
      var runs = new AtomicIntegerArray(2);
      workers.run((_, part) -> runs.incrementAndGet(part), 2);
      assertThat(runs.get(0) + runs.get(1)).isEqualTo(2);
    }
  }

  @Test
  void refusesNoThreads() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Workers(0))
        .withMessageContaining("0");
  }
}
