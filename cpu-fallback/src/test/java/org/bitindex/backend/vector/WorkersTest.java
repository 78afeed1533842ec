package org.bitindex.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicIntegerArray;
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
