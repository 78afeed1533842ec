package org.bitindex.io.format;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;

class NpyHeaderTest {
  private static NamedTensor read(byte[] bytes) throws IOException {
    MemorySegment segment = MemorySegment.ofArray(bytes);
    return NpyHeader.tensor(new MappedFile(Path.of("x.npy"), Arena.ofAuto(), segment), "x");
  }

  private static String shapeText(int rank, int size) {
    String sizes = String.join(", ", Collections.nCopies(rank, String.valueOf(size)));
    return rank == 1 ? "(" + sizes + ",)" : "(" + sizes + ")";
  }

  /** As numpy.save: the least padding after which the data begin at a multiple of 64. */
  @Test
  void headsAreThoseOfNumPyAndReadBack() throws IOException {
    for (int rank = 0; rank < 70; rank++) {
      for (int size : new int[] {1, 0}) {
        List<Long> shape = Collections.nCopies(rank, (long) size);
        byte[] head = NpyHeader.header(DType.F32, shape);
        String text =
            "{'descr': '<f4', 'fortran_order': False, 'shape': " + shapeText(rank, size) + ", }";
        int total = (10 + text.length() + 1 + 63) / 64 * 64;
        assertThat(head).hasSize(total).startsWith(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0);
        assertThat((head[8] & 0xff) + 256 * (head[9] & 0xff)).isEqualTo(total - 10);
        assertThat(new String(head, 10, total - 10, US_ASCII))
            .isEqualTo(text + " ".repeat(total - 11 - text.length()) + "\n");
        NamedTensor tensor = read(Arrays.copyOf(head, total + (rank > 0 && size == 0 ? 0 : 4)));
        assertThat(tensor.shape()).isEqualTo(shape);
      }
    }
  }

  @Test
  void everyTypeOfNumPyComesBack() throws IOException {
    var types =
        EnumSet.of(
            DType.F64,
            DType.F32,
            DType.F16,
            DType.I64,
            DType.U64,
            DType.I32,
            DType.U32,
            DType.I16,
            DType.U16,
            DType.I8,
            DType.U8,
            DType.BOOL);
    for (DType type : DType.values()) {
      if (types.contains(type)) {
        byte[] head = NpyHeader.header(type, List.of(1L));
        NamedTensor tensor = read(Arrays.copyOf(head, head.length + type.bytes()));
        assertThat(tensor.type()).isEqualTo(type);
        assertThat(tensor.name()).isEqualTo("x");
      } else {
        assertThatThrownBy(() -> NpyHeader.header(type, List.of(1L)))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessage("NumPy has no type " + type);
      }
    }
  }

  private static void requireRefused(byte[] bytes, String message) {
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage("x.npy: " + message);
  }

  private static byte[] start(int version, int length, int size) {
    byte[] bytes = new byte[size];
    byte[] magic = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0};
    System.arraycopy(magic, 0, bytes, 0, Math.min(size, magic.length));
    for (int i = 0; i < 4 && 8 + i < size; i++) {
      bytes[8 + i] = (byte) (length >> (8 * i));
    }
    return bytes;
  }

  @Test
  void startsThatAreNoneAreRefused() {
    requireRefused(start(1, 0, 9), "is not a .npy file (no NUMPY magic)");
    byte[] other = start(1, 0, 10);
    other[5] = 'X';
    requireRefused(other, "is not a .npy file (no NUMPY magic)");
    requireRefused(start(0, 0, 10), ".npy version is 0, expected 1 to 3");
    requireRefused(start(4, 0, 12), ".npy version is 4, expected 1 to 3");
    requireRefused(start(2, 0, 11), "file ends within the .npy header");
    requireRefused(start(2, 1, 12), "header length is 1, expected at most 0");
    requireRefused(start(1, 3, 12), "header length is 3, expected at most 2");
    requireRefused(start(1, 0, 10), "header is , expected a Python dictionary");
    requireRefused(start(3, 10_001, 20_000), "header length is 10001, expected at most 10000");
    byte[] blank = start(3, 10_000, 20_000);
    Arrays.fill(blank, 12, 20_000, (byte) ' ');
    requireRefused(blank, "header is , expected a Python dictionary");
  }

  @Test
  void ofOneDimensionBothOrdersAreOne() throws IOException {
    String text = "{'descr': '<f4', 'fortran_order': True, 'shape': (2,), }";
    byte[] bytes = start(1, text.length(), 10 + text.length() + 8);
    System.arraycopy(text.getBytes(US_ASCII), 0, bytes, 10, text.length());
    assertThat(read(bytes).shape()).containsExactly(2L);
  }
}
