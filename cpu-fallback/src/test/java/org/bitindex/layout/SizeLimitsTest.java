package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
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
    assertThat(plane.bytes()).isEqualTo(8 * setBits);
    double p = (double) setBits / MOST / MOST;
    assertThat(plane.density()).isEqualTo(p);
    // For small p, H(p) is p * log2(e / p) up to order p^2.
    double bound = setBits * (Math.log(Math.E / p) / Math.log(2)) / 8;
    assertThat(plane.entropyBoundBytes()).isCloseTo(bound, within(1e-6 * bound));
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
    assertThat(plane.bytes()).isEqualTo(8 * (blocks + 1) + setBits);
  }

  @Test
  void anAdaptivePlaneOfMoreThan2To31Bytes() throws EncodedFormatException {
    long bytes = 7L << 32;
    Plane plane =
        AdaptivePlane.open(
            new Layout.Adaptive(),
            MOST,
            MOST,
            1L << 60,
            Map.of(
                "offsets", untouched("offsets", ElementType.U64, MOST + 1L),
                "data", untouched("data", ElementType.U8, bytes)));
    assertThat(plane.bytes()).isEqualTo(8 * (MOST + 1L) + bytes);
    assertThat(plane.density()).isCloseTo(0.25, within(1e-9));
  }
}
