package org.bitindex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfinementTest {
  @Test
  void memoryOfOneThreadIsRefused() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment own = arena.allocate(8);
      assertThat(Confinement.isConfined(own)).isTrue();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Confinement.requireShared(own))
          .withMessageStartingWith("not native memory of all threads: ");
    }
  }

  @Test
  void anArrayIsRefused() {
    MemorySegment array = MemorySegment.ofArray(new float[2]);
    assertThat(Confinement.isConfined(array)).isFalse();
    assertThatIllegalArgumentException().isThrownBy(() -> Confinement.requireShared(array));
  }

  @Test
  void memoryOfAllThreadsPasses() {
    try (Arena arena = Arena.ofShared()) {
      for (MemorySegment shared : List.of(arena.allocate(8), Arena.ofAuto().allocate(8))) {
        Confinement.requireShared(shared);
        assertThat(Confinement.isConfined(shared)).isFalse();
      }
    }
  }
}
