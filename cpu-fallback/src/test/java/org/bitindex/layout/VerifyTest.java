package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;

/** Each rule about stored indices and offsets, broken by one value. */
class VerifyTest {
  private static StoredArray array(String name, ElementType type, long... values) {
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * type.bytes()]);
    for (int i = 0; i < values.length; i++) {
      type.set(data, i, values[i]);
    }
    return new StoredArray(name, type, data);
  }

  private static Plane flat(long... indices) throws EncodedFormatException {
    return FlatPlane.open(
        2, 5, indices.length, Map.of("indices", array("indices", ElementType.U32, indices)));
  }

  /** Two rows of a block of 64 and one of 6 columns. */
  private static Plane blocked(long[] offsets, long... indices) throws EncodedFormatException {
    return BlockedPlane.open(
        new Layout.Blocked(64),
        2,
        70,
        indices.length,
        Map.of(
            "offsets", array("offsets", ElementType.U32, offsets),
            "indices", array("indices", ElementType.U8, indices)));
  }

  private static void requireError(Plane plane, String message) {
    assertThatThrownBy(plane::verify)
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(message);
  }

  @Test
  void flatIndicesRiseAndStayInside() throws EncodedFormatException {
    flat(0, 1, 5, 9).verify();
    flat().verify();
    requireError(flat(0, 3, 2), "indices[2] is 2, expected above 3 and below 10");
    requireError(flat(0, 3, 3), "indices[2] is 3, expected above 3 and below 10");
    requireError(flat(0, 10), "indices[1] is 10, expected above 0 and below 10");
    requireError(flat(0xffff_ffffL), "indices[0] is 4294967295, expected above -1 and below 10");
  }

  @Test
  void flatIndicesAbove2To63AreOutside() throws EncodedFormatException {
    // 2^16 x 2^16 columns need 64-bit indices.
    StoredArray indices = array("indices", ElementType.U64, 7, -1);
    assertThat(indices.get(1)).isEqualTo(-1);
    Plane plane = FlatPlane.open(1 << 16, 1 << 17, 2, Map.of("indices", indices));
    requireError(
        plane, "indices[1] is 18446744073709551615, expected above 7 and below 8589934592");
  }

  @Test
  void blockedIndicesRiseAndStayInsideTheirBlock() throws EncodedFormatException {
    long[] offsets = {0, 2, 3, 3, 5};
    blocked(offsets, 0, 63, 5, 0, 5).verify();
    requireError(
        blocked(offsets, 63, 0, 5, 0, 5),
        "indices[1] is 0, expected above 63 and below the block's width 64");
    requireError(
        blocked(offsets, 7, 7, 5, 0, 5),
        "indices[1] is 7, expected above 7 and below the block's width 64");
    requireError(
        blocked(offsets, 0, 64, 5, 0, 5),
        "indices[1] is 64, expected above 0 and below the block's width 64");
    requireError(
        blocked(offsets, 0, 63, 6, 0, 5),
        "indices[2] is 6, expected above -1 and below the block's width 6");
    requireError(
        blocked(offsets, 0, 63, 5, 0, 6),
        "indices[4] is 6, expected above 0 and below the block's width 6");
  }

  @Test
  void theSecondPlaneIsCheckedAndNamed() throws EncodedFormatException {
    Map<String, StoredArray> arrays =
        Map.of(
            "plane0.indices", array("plane0.indices", ElementType.U32, 0, 1),
            "plane1.indices", array("plane1.indices", ElementType.U32, 3, 2));
    StoredPlanes planes = new Layout.Flat().open(2, 5, new int[] {2, 1}, List.of(2L, 2L), arrays);
    assertThatThrownBy(planes::verify)
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage("plane 1: indices[1] is 2, expected above 3 and below 10");
    assertThat(planes.arrays())
        .extracting(StoredArray::name)
        .containsExactly("plane0.indices", "plane1.indices");
  }

  @Test
  void offsetsStartAtZeroRiseAndEndWithTheIndices() throws EncodedFormatException {
    requireError(blocked(new long[] {1, 2, 3, 3, 3}, 0, 1, 2), "offsets[0] is 1, expected 0");
    requireError(
        blocked(new long[] {0, 2, 1, 3, 3}, 0, 1, 2),
        "offsets[2] is 1, expected at least 2 and at most 3");
    requireError(
        blocked(new long[] {0, 1, 4, 3, 3}, 0, 1, 2),
        "offsets[2] is 4, expected at least 1 and at most 3");
    requireError(blocked(new long[] {0, 1, 1, 2, 2}, 0, 1, 2), "offsets ends at 2, expected 3");
    blocked(new long[] {0, 0, 0, 0, 0}).verify();
    blocked(new long[] {0, 0, 0, 0, 3}, 0, 1, 2).verify();
  }

  @Test
  void openingChecksPresenceTypesAndLengths() {
    StoredArray wrongType = array("indices", ElementType.U64, 0);
    assertThatThrownBy(() -> FlatPlane.open(2, 5, 1, Map.of("indices", wrongType)))
        .hasMessage("indices has type U64, expected [U32]");
    assertThatThrownBy(() -> FlatPlane.open(2, 5, 1, Map.of()))
        .hasMessage("array indices is missing");
    StoredArray two = array("indices", ElementType.U32, 0, 1);
    assertThatThrownBy(() -> FlatPlane.open(2, 5, 3, Map.of("indices", two)))
        .hasMessage("indices has 2 elements, expected 3");
    assertThatThrownBy(() -> blocked(new long[] {0, 0, 0, 0}))
        .hasMessage("offsets has 4 elements, expected 5");
    StoredArray offsets = array("offsets", ElementType.U32, 0, 0, 0, 0, 0);
    StoredArray bytes = array("indices", ElementType.U8, 0, 1);
    assertThatThrownBy(() ->
            BlockedPlane.open(
                new Layout.Blocked(64), 2, 70, 1, Map.of("offsets", offsets, "indices", bytes)))
        .hasMessage("indices has 2 elements, expected 1");
    assertThatThrownBy(() ->
            BlockedPlane.open(
                new Layout.Blocked(512), 2, 600, 2, Map.of("offsets", offsets, "indices", bytes)))
        .hasMessage("indices has type U8, expected [U16]");
    assertThatThrownBy(() -> new StoredArray("indices", ElementType.U32, two.data().asSlice(1)))
        .hasMessage("indices has 7 bytes, not a multiple of 4");
  }

  @Test
  void blocksAreMultiplesOf64() {
    for (int wrong : new int[] {0, 63, 65, 96, 65600}) {
      assertThatThrownBy(() -> new Layout.Blocked(wrong)).hasMessageContaining("is " + wrong);
    }
    assertThat(new Layout.Blocked(65536).blockColumns()).isEqualTo(65536);
    assertThat(new Layout.Blocked().blockColumns()).isEqualTo(256);
    assertThat(new Layout.Flat().name()).isEqualTo("flat");
    assertThat(new Layout.Blocked().name()).isEqualTo("blocked");
  }

  /** The paper's sizes: 4 bytes an index, and for blocks 1 byte and 4 an offset. */
  @Test
  void arraysAndBytesAreThoseOfTheFormat() {
    try (Arena arena = Arena.ofConfined()) {
      var bits = new BitMatrix(2, 70, arena);
      bits.writeRow(0, new long[] {0b101, 1});
      bits.writeRow(1, new long[] {0, 0b10});
      Plane flat = FlatPlane.store(bits, arena, 1);
      assertThat(SizeLimitsTest.bytes(flat)).isEqualTo(4 * 4);
      assertThat(flat.arrays()).singleElement().matches(a -> a.name().equals("indices"));
      assertThat(values(flat.arrays().getFirst())).containsExactly(0, 2, 64, 70 + 65);
      Plane blocked = BlockedPlane.store(new Layout.Blocked(64), bits, arena, 1);
      assertThat(SizeLimitsTest.bytes(blocked)).isEqualTo(4 + 5 * 4);
      assertThat(values(blocked.arrays().get(0))).containsExactly(0, 2, 3, 3, 4);
      assertThat(values(blocked.arrays().get(1))).containsExactly(0, 2, 0, 1);
      assertThat(flat.rows()).isEqualTo(blocked.rows()).isEqualTo(2);
      assertThat(flat.columns()).isEqualTo(blocked.columns()).isEqualTo(70);
      assertThat(flat.layout()).isEqualTo(new Layout.Flat());
      assertThat(blocked.layout()).isEqualTo(new Layout.Blocked(64));
    }
  }

  private static long[] values(StoredArray array) {
    long[] values = new long[(int) array.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i);
    }
    return values;
  }

  @Test
  void rowsOutsideAreRefused() throws EncodedFormatException {
    long[] words = new long[2];
    for (Plane plane : new Plane[] {flat(0), blocked(new long[] {0, 0, 0, 0, 0})}) {
      for (int row : new int[] {-1, 2}) {
        assertThatThrownBy(() -> plane.readRow(row, words))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
    }
  }
}
