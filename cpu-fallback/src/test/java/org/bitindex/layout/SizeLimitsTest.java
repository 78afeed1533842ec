package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;

/** Arithmetic at the largest sizes, over memory that is never touched. */
@SuppressWarnings("restricted") // segments of any size over no memory
class SizeLimitsTest {
  private static final int MOST = Integer.MAX_VALUE;

  private static StoredArray untouched(String name, ElementType type, long length) {
    return new StoredArray(name, type, MemorySegment.NULL.reinterpret(length * type.bytes()));
  }

  @Test
  void wordsAndBlocksOfTheWidestRow() {
    assertThat(BitMatrix.wordsPerRow(MOST)).isEqualTo(1 << 25);
    for (int blockColumns : new int[] {64, 256, 65536}) {
      var blocks = new RowBlocks(MOST, blockColumns);
      int last = blocks.count() - 1;
      assertThat((long) blocks.count() * blockColumns).isEqualTo(1L << 31);
      assertThat(blocks.first(last)).isEqualTo(MOST - blockColumns + 1);
      assertThat(blocks.end(last)).isEqualTo(MOST);
      assertThat(blocks.width(last)).isEqualTo(blockColumns - 1);
    }
  }

  @Test
  void theNarrowestIndexTypeThatHoldsAValue() {
    assertThat(ElementType.u32OrU64(0xffff_ffffL)).isEqualTo(ElementType.U32);
    assertThat(ElementType.u32OrU64(0x1_0000_0000L)).isEqualTo(ElementType.U64);
    assertThat(ElementType.u32OrU64((long) MOST * MOST)).isEqualTo(ElementType.U64);
  }

  @Test
  void aFlatPlaneOfMoreThan2To31Bits() throws EncodedFormatException {
    long setBits = 3L << 31;
    Plane plane =
        FlatPlane.open(
            MOST, MOST, setBits, Map.of("indices", untouched("indices", ElementType.U64, setBits)));
    assertThat(plane.setBits()).isEqualTo(setBits);
    assertThat(bytes(plane)).isEqualTo(8 * setBits);
  }

  @Test
  void aBlockedPlaneOfMoreThan2To31Blocks() throws EncodedFormatException {
    long setBits = 5L << 32;
    long blocks = (long) MOST * 32;
    Plane plane =
        BlockedPlane.open(
            new Layout.Blocked(64),
            MOST,
            2048,
            setBits,
            Map.of(
                "offsets", untouched("offsets", ElementType.U64, blocks + 1),
                "indices", untouched("indices", ElementType.U8, setBits)));
    assertThat(bytes(plane)).isEqualTo(8 * (blocks + 1) + setBits);
  }

  @Test
  void adaptiveBlocksOfTooManyWeightsAreRefused() {
    int columns = EmbeddedPlanes.MOST_BLOCK_WEIGHTS;
    Map<String, StoredArray> arrays = Map.of("plane0", untouched("plane0", ElementType.U8, 1));
    assertThatCode(() -> open(1, columns, arrays)).doesNotThrowAnyException();
    assertThatThrownBy(() -> open(1, columns + 1, arrays))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage("blocks have 67108865 weights, allowed are at most 67108864");
    assertThatThrownBy(() -> open(MOST, MOST, arrays))
        .hasMessage("blocks have 4611686014132420609 weights, allowed are at most 67108864");
  }

  @Test
  void adaptiveStreamsOfTooManyBytesAreRefused() throws EncodedFormatException {
    StoredArray array = untouched("plane0", ElementType.U8, (1L << 28) + 1);
    StoredPlanes planes = open(1, 8, Map.of("plane0", array));
    assertThat(planes.bytes()).isEqualTo((1L << 28) + 1);
    assertThatThrownBy(planes::verify)
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage("plane0: block 0 has 268435457 bytes, allowed are at most 268435456");
  }

  private static StoredPlanes open(int blockRows, int columns, Map<String, StoredArray> arrays)
      throws EncodedFormatException {
    int rows = blockRows == 1 ? 1 : MOST;
    return new Layout.Adaptive(blockRows).open(rows, columns, new int[] {1}, List.of(0L), arrays);
  }

  static long bytes(Plane plane) {
    return plane.arrays().stream().mapToLong(array -> array.data().byteSize()).sum();
  }
}
