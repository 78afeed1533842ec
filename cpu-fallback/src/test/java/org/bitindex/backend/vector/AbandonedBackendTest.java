package org.bitindex.backend.vector;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AbandonedBackendTest {
  @Test
  @SuppressWarnings("ThreadPriorityCheck") // waits for the collector
  void threadsOfABackendThatNobodyClosesEnd() throws InterruptedException {
    Set<Thread> before = workers();
    Set<Thread> own = threadsOfAnAbandonedBackend(before);
    assertThat(own).hasSize(2);
    for (int i = 0; i < 600 && own.stream().anyMatch(Thread::isAlive); i++) {
      System.gc();
      Thread.sleep(100);
    }
    assertThat(own).noneMatch(Thread::isAlive);
  }

  @SuppressWarnings("resource") // abandoned on purpose
  private static Set<Thread> threadsOfAnAbandonedBackend(Set<Thread> before) {
    new VectorBackend(3, 128).description();
    Set<Thread> own = workers();
    own.removeAll(before);
    return own;
  }

  private static Set<Thread> workers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("bie-worker-"))
        .collect(Collectors.toSet());
  }
}
