package org.bitindex.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tensors and the types of their elements. */
class NamedTensorTest {
  private static MemorySegment bytes(int... bytes) {
    byte[] data = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      data[i] = (byte) bytes[i];
    }
    return MemorySegment.ofArray(data);
  }

  @ParameterizedTest
  @CsvSource({
    "F64, 8, true, false",
    "F32, 4, true, false",
    "F16, 2, true, false",
    "BF16, 2, true, false",
    "I64, 8, false, true",
    "U64, 8, false, true",
    "I32, 4, false, true",
    "U32, 4, false, true",
    "I16, 2, false, true",
    "U16, 2, false, true",
    "I8, 1, false, true",
    "U8, 1, false, true",
    "BOOL, 1, false, true",
    "F8_E4M3, 1, false, false",
    "F8_E5M2, 1, false, false",
    "C64, 8, false, false",
    "OTHER, 1, false, false"
  })
  void typesHaveASizeAndAKind(DType type, int size, boolean floating, boolean integer) {
    assertThat(type.bytes()).isEqualTo(size);
    assertThat(type.isFloating()).isEqualTo(floating);
    assertThat(type.isInteger()).isEqualTo(integer);
    assertThat(DType.named(type.name())).isEqualTo(type);
    assertThat(DType.named("F4")).isEqualTo(DType.OTHER);
  }

  @ParameterizedTest
  @EnumSource(names = {"F64", "F32", "F16", "BF16"})
  void floatsAreWrittenAndReadAtAnyStride(DType type) {
    float[] values = {1, -2, 0.5f, 3, -0f, 96};
    MemorySegment data = MemorySegment.ofArray(new byte[values.length * type.bytes()]);
    for (int i = 0; i < values.length; i++) {
      assertThat(type.round(values[i])).isEqualTo(values[i]);
      type.writeFloat(data, i, values[i]);
    }
    float[] read = new float[3];
    type.readFloats(data, 1, 1, read, 3);
    assertThat(read).containsExactly(-2, 0.5f, 3);
    type.readFloats(data, 1, 2, read, 3);
    assertThat(read).containsExactly(-2, 3, 96);
    assertThat(new NamedTensor("x", type, List.of(3L, 2L), data).floats()).isEqualTo(values);
  }

  @Test
  void roundingIsToTheNearestWithTiesToEven() {
    assertThat(DType.F32.round(0.1f)).isEqualTo(0.1f);
    assertThat(DType.F64.round(0.1f)).isEqualTo(0.1f);
    assertThat(DType.F16.round(0.1f)).isEqualTo(0x1.998p-4f);
    assertThat(DType.F16.round(70_000)).isInfinite();
    assertThat(DType.BF16.round(0x1.01p0f)).isEqualTo(1f); // a tie, to even
    assertThat(DType.BF16.round(0x1.03p0f)).isEqualTo(0x1.04p0f); // a tie, to even
    assertThat(DType.BF16.round(0x1.010002p0f)).isEqualTo(0x1.02p0f);
    assertThat(DType.BF16.round(-0x1.00fffep0f)).isEqualTo(-1f);
    assertThat(DType.BF16.round(Float.MAX_VALUE)).isInfinite();
    assertThat(DType.BF16.round(Float.NaN)).isNaN();
  }

  @Test
  void integersAreSignedOrNotAsTheirTypeSays() {
    MemorySegment data =
        bytes(1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0xfa, 0xf9, 0x88);
    assertThat(DType.I8.readLong(data, 8)).isEqualTo(-1);
    assertThat(DType.U8.readLong(data, 8)).isEqualTo(255);
    assertThat(DType.BOOL.readLong(data, 0)).isOne();
    assertThat(DType.I16.readLong(data, 4)).isEqualTo(-257);
    assertThat(DType.U16.readLong(data, 4)).isEqualTo(0xfeff);
    assertThat(DType.I32.readLong(data, 2)).isEqualTo(0xfffffffffcfdfeffL);
    assertThat(DType.U32.readLong(data, 2)).isEqualTo(0xfcfdfeffL);
    assertThat(DType.I64.readLong(data, 1)).isEqualTo(0x88f9fafbfcfdfeffL);
    assertThat(DType.U64.readLong(data, 0)).isEqualTo(0x0807060504030201L);
    assertThat(new NamedTensor("x", DType.I16, List.of(8L), data).longs())
        .containsExactly(0x201, 0x403, 0x605, 0x807, -257, -771, -1285, -30_471);
  }

  @Test
  void aTypeThatIsNotReadSaysSo() {
    MemorySegment data = bytes(0, 0, 0, 0);
    assertThatIllegalStateException()
        .isThrownBy(() -> DType.I8.readFloats(data, 0, 1, new float[1], 1))
        .withMessage("I8 is not a floating type");
    assertThatIllegalStateException().isThrownBy(() -> DType.U8.round(1));
    assertThatIllegalStateException().isThrownBy(() -> DType.I8.writeFloat(data, 0, 1));
    assertThatIllegalStateException()
        .isThrownBy(() -> DType.F32.readLong(data, 0))
        .withMessage("F32 is not an integer type");
    var floats = new NamedTensor("f", DType.F32, List.of(1L), data);
    var integers = new NamedTensor("i", DType.I32, List.of(1L), data);
    assertThatIllegalArgumentException()
        .isThrownBy(floats::longs)
        .withMessage("tensor f is F32, expected an integer type");
    assertThatIllegalArgumentException()
        .isThrownBy(integers::floats)
        .withMessage("tensor i is I32, expected a floating type");
  }

  @Test
  void aShapeHasAsManyBytesAsItsElements() {
    assertThat(NamedTensor.bytes(DType.F32, List.of())).isEqualTo(4);
    assertThat(NamedTensor.bytes(DType.F16, List.of(3L, 5L))).isEqualTo(30);
    assertThat(NamedTensor.bytes(DType.U8, List.of(Long.MAX_VALUE))).isEqualTo(Long.MAX_VALUE);
    assertThat(NamedTensor.bytes(DType.F64, List.of(Long.MAX_VALUE, Long.MAX_VALUE, 0L))).isZero();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamedTensor.bytes(DType.F64, List.of(1L << 60)))
        .withMessage("shape [1152921504606846976] overflows");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NamedTensor.bytes(DType.F64, List.of(0L, -1L)))
        .withMessage("shape [0, -1] is negative");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NamedTensor("x", DType.F32, List.of(2L), bytes(0, 0, 0, 0)))
        .withMessage("tensor x has 4 bytes, F32 of shape [2] has 8");
    var other = new NamedTensor("x", DType.OTHER, "F4", List.of(9L), bytes(1, 2));
    assertThat(other.typeName()).isEqualTo("F4");
    assertThat(other.length()).isEqualTo(9);
    assertThat(other.data().isReadOnly()).isTrue();
  }

  @Test
  void matricesAreReadAsTheyLie() {
    NamedTensor tensor = NamedTensor.of("w", List.of(2L, 3L), 1, 2, 3, 4, 5, 6);
    assertThat(tensor.isMatrix()).isTrue();
    Weights weights = tensor.weights();
    assertThat(List.of(weights.rows(), weights.columns())).containsExactly(2, 3);
    float[] row = new float[3];
    weights.readRow(1, row);
    assertThat(row).containsExactly(4, 5, 6);
    assertThatThrownBy(() -> weights.readRow(2, row)).isInstanceOf(IndexOutOfBoundsException.class);
    NamedTensor vector = NamedTensor.of("b", List.of(6L), 1, 2, 3, 4, 5, 6);
    assertThat(vector.isMatrix()).isFalse();
    assertThat(new NamedTensor("i", DType.I8, List.of(1L, 1L), bytes(0)).isMatrix()).isFalse();
    assertThat(new NamedTensor("l", DType.F32, List.of(0L, 1L << 31), bytes()).isMatrix())
        .isFalse();
    assertThat(new NamedTensor("l", DType.F32, List.of(0L, (1L << 31) - 1), bytes()).isMatrix())
        .isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(vector::weights)
        .withMessage("tensor b is F32 of shape [6], expected a 2-D floating tensor");
  }

  @Test
  void floatsAreRoundedToAnotherType() {
    NamedTensor tensor = NamedTensor.of("w", List.of(2L, 2L), 1, 0x1.01p0f, -3, 0x1.010002p0f);
    NamedTensor brain = tensor.as(DType.BF16);
    assertThat(brain.floats()).containsExactly(1, 1, -3, 0x1.02p0f);
    assertThat(List.of(brain.name(), brain.type(), brain.shape()))
        .containsExactly("w", DType.BF16, List.of(2L, 2L));
    assertThat(brain.as(DType.F64).floats()).isEqualTo(brain.floats());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new NamedTensor("i", DType.I8, List.of(1L), bytes(0)).as(DType.F32))
        .withMessage("tensor i is I8, expected a floating type");
  }

  @Test
  void sixteenBitsAreTakenWhereTheyHoldEveryNumber() {
    NamedTensor tensor = NamedTensor.of("w", List.of(2L), 0.1f, Float.POSITIVE_INFINITY);
    assertThat(tensor.in16Bits(DType.F16).type()).isEqualTo(DType.F16);
    assertThat(tensor.as(DType.F64).in16Bits(DType.BF16).type()).isEqualTo(DType.BF16);
    NamedTensor large = NamedTensor.of("w", List.of(2L), 0.1f, -70_000);
    assertThat(large.in16Bits(DType.F16)).isSameAs(large);
    assertThat(large.in16Bits(DType.BF16).type()).isEqualTo(DType.BF16);
    NamedTensor one = NamedTensor.of("epsilon", List.of(1L), 0.1f);
    NamedTensor none = NamedTensor.of("none", List.of(0L));
    NamedTensor half = tensor.as(DType.BF16);
    NamedTensor integers = new NamedTensor("i", DType.I32, List.of(2L), bytes(new int[8]));
    for (NamedTensor other : List.of(one, none, half, integers)) {
      assertThat(other.in16Bits(DType.F16)).isSameAs(other);
    }
  }
}
