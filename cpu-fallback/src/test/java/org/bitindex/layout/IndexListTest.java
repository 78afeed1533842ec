package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexListTest {
  /** With first indices after which the lower half overflows, as an int and at all. */
  @ParameterizedTest
  @CsvSource({
    "U8, 0",
    "U16, 0",
    "U32, 0",
    "U32, 2147483600",
    "U32, 4294967200",
    "U64, 0",
    "U64, 4294967290",
    "U64, 36893488147"
  })
  void storesTheBitsFromTheFirstIndexOn(ElementType type, long first) {
    long[] words = {0x8000_0000_0000_0005L, 0x11L};
    var list = new IndexList(type, 128);
    list.clear(7);
    list.add(words, 0, 2);
    list.clear(first);
    list.add(words, 0, 2);
    try (Arena arena = Arena.ofShared()) {
      MemorySegment target = arena.allocate(6L * type.bytes());
      list.store(target, 1);
      long[] bits = {0, 2, 63, 64, 68};
      assertThat(list.count()).isEqualTo(bits.length);
      assertThat(type.get(target, 0)).isZero();
      for (int i = 0; i < bits.length; i++) {
        assertThat(type.get(target, i + 1)).isEqualTo(first + bits[i]);
      }
    }
  }
}
