package org.bitindex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class CrewTest {
  private static final long LONG = TimeUnit.MINUTES.toNanos(1);
  private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(1);

  @Test
  void runsEveryPartOnce() {
    var crew = new Crew(LONG);
    for (int threads : new int[] {1, 2, 5, 3}) {
      for (int count : new int[] {0, 1, 2, 3, 100}) {
        requireEachOnce(crew, threads, count);
      }
    }
    assertThat(crew.helpers()).isEqualTo(4);
  }

  private static void requireEachOnce(Crew crew, int threads, int count) {
    var runs = new AtomicIntegerArray(count);
    var most = new AtomicIntegerArray(1);
    crew.run(
        count,
        threads,
        (worker, part) -> {
          runs.incrementAndGet(part);
          most.accumulateAndGet(0, worker, Math::max);
        });
    for (int part = 0; part < count; part++) {
      assertThat(runs.get(part)).isEqualTo(1);
    }
    assertThat(most.get(0)).isLessThan(threads);
  }

  /** Threads that come late, or sleep, find no part of a task that is done. */
  @Test
  void allPartsAreDoneWhenTheCallReturnsAndNoneLater() {
    var crew = new Crew(LONG);
    for (int n = 1; n <= 5000; n++) {
      int task = n;
      int[] done = new int[2 + n % 7];
      crew.run(done.length, 2 + n % 3, (_, part) -> done[part] += task);
      assertThat(done).containsOnly(task);
      if (n % 1000 == 0) {
        LockSupport.parkNanos(5_000_000); // long enough for the others to fall asleep
        assertThat(done).containsOnly(task);
      }
    }
  }

  @Test
  void unusedThreadsEndAndNewOnesComeWhenNeeded() throws InterruptedException {
    var crew = new Crew(SHORT);
    for (int round = 0; round < 3; round++) {
      requireEachOnce(crew, 3, 100);
      for (int i = 0; i < 6000 && crew.helpers() > 0; i++) {
        Thread.sleep(10);
      }
      assertThat(crew.helpers()).isZero();
      assertThat(crew.awake(3)).isFalse();
    }
    for (int n = 0; n < 2000; n++) { // threads end at any moment between these
      requireEachOnce(crew, 3, 5);
      LockSupport.parkNanos(n % 7 * SHORT / 4);
    }
  }

  @Test
  void aTaskWithinATaskIsDoneByItsThread() {
    var crew = new Crew(LONG);
    int[][] sums = new int[8][1];
    crew.run(
        sums.length,
        3,
        (_, part) ->
            crew.run(
                10,
                3,
                (worker, inner) -> {
                  assertThat(worker).isZero();
                  sums[part][0] += inner;
                }));
    assertThat(sums).isDeepEqualTo(new int[][] {{45}, {45}, {45}, {45}, {45}, {45}, {45}, {45}});
  }

  @Test
  void theFirstPartsFailureReachesTheCallerAndTheCrewGoesOn() {
    var crew = new Crew(LONG);
    for (int n = 0; n < 100; n++) {
      assertThatThrownBy(() ->
              crew.run(
                  16,
                  4,
                  (_, part) -> {
                    if (part >= 3) {
                      throw new IllegalStateException("part " + part);
                    }
                  }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("part 3");
    }
    requireEachOnce(crew, 4, 16);
  }
}
