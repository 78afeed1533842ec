package org.bitindex.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsFileTest {
  @TempDir Path folder;

  @Test
  void readsWhatTheWriterWrote() throws Exception {
    Path path = folder.resolve("a.safetensors");
    new SafetensorsWriter()
        .metadata("format", "pt")
        .add("m", DenseMatrix.of(2, 3, 1, 2, 3, 4, 5, 6))
        .add(NamedTensor.of("bias", List.of(3L), 7, 8, 9))
        .add(
            new NamedTensor(
                "labels", DType.U8, List.of(2L), MemorySegment.ofArray(new byte[] {-1, 5})))
        .add(new NamedTensor("ids", DType.I64, List.of(1L), MemorySegment.ofArray(new long[] {-3})))
        .write(path, IfExists.REFUSE);
    try (DenseFile file = DenseFile.open(path)) {
      assertThat(file.tensors().keySet()).containsExactly("ids", "m", "bias", "labels");
      assertThat(((SafetensorsFile) file).metadata()).containsEntry("format", "pt").hasSize(1);
      assertThat(file.matrices().keySet()).containsExactly("m");
      assertThat(Rows.of(file.matrix("m"))).isDeepEqualTo(new float[][] {{1, 2, 3}, {4, 5, 6}});
      assertThat(file.tensor("bias").floats()).containsExactly(7, 8, 9);
      assertThat(file.tensor("labels").longs()).containsExactly(255, 5);
      assertThat(file.tensor("ids").longs()).containsExactly(-3);
      assertThat(file.tensorsWithout(List.of("m")))
          .extracting(NamedTensor::name)
          .containsExactly("ids", "bias", "labels");
    }
  }

  @Test
  void dataBeginsAtSixtyFourBytesAndEveryTensorAtItsElementSize() throws Exception {
    Path path = folder.resolve("a.safetensors");
    new SafetensorsWriter()
        .add(new NamedTensor("u8", DType.U8, List.of(3L), MemorySegment.ofArray(new byte[3])))
        .add(new NamedTensor("u64", DType.U64, List.of(1L), MemorySegment.ofArray(new byte[8])))
        .add(new NamedTensor("u16", DType.U16, List.of(1L), MemorySegment.ofArray(new byte[2])))
        .add(NamedTensor.of("f32", List.of(1L), 1))
        .write(path, IfExists.REFUSE);
    byte[] bytes = Files.readAllBytes(path);
    assertThat((8 + ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong()) % 64).isZero();
    try (var file = SafetensorsFile.open(path)) {
      for (NamedTensor tensor : file.tensors().values()) {
        assertThat(tensor.data().address() % tensor.type().bytes()).isZero();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"F64, 8", "F32, 4", "F16, 2", "BF16, 2"})
  void convertsEveryFloatingType(DType type, int bytes) {
    float[] values = {0f, -0f, 1f, -2.5f, 0.15625f, 65504f, Float.POSITIVE_INFINITY};
    var buffer = ByteBuffer.allocate(values.length * bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      switch (type) {
        case F64 -> buffer.putDouble(value);
        case F32 -> buffer.putFloat(value);
        case F16 -> buffer.putShort(Float.floatToFloat16(value));
        default -> buffer.putShort((short) (Float.floatToIntBits(value) >>> 16));
      }
    }
    var tensor = new NamedTensor("t", type, List.of(1L, 7L), MemorySegment.ofArray(buffer.array()));
    float[] expected = values.clone();
    if (type == DType.BF16) {
      expected[5] = 65280f; // its 8 significant bits, cut
    }
    assertThat(Rows.of(tensor.weights())).isDeepEqualTo(new float[][] {expected});
    assertThat(tensor.floats()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}} | tensor a has 8 bytes,"
            + " F32 of shape [3] has 12",
        "{\"a\":{\"dtype\":99,\"shape\":[2],\"data_offsets\":[0,8]}} | a: dtype is 99",
        "{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}} | a: dtype is missing",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}} | a: shape holds -2",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2.5],\"data_offsets\":[0,8]}} | a: shape holds 2.5",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,8]}} |"
            + " overflows",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,8]}} |"
            + " a: shape holds 99999999999999999999",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,80]}} | is cut short: it"
            + " has 8 of the 80 bytes of data",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}} | data_offsets is [8, 0]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}} | a: data begins at 4",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}} | tensors end at 4 of 8",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}} | b: data begins at"
            + " 4, expected 5",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{}} | Duplicate"
            + " field 'a'",
        "{\"__metadata__\":{\"k\":1}} | __metadata__.k is NUMBER",
        "{\"__metadata__\":[]} | __metadata__ is ARRAY",
        "[[[[[[[[[[[[[[]]]]]]]]]]]]]] | nesting depth (9) exceeds",
        "{\"a\":7} | a: dtype is missing",
        "{} {} | not valid JSON",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4,8]}} | a: data_offsets is"
            + " [0, 4, 8], expected begin and end",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":2,\"data_offsets\":[0,8]}} | a: shape is 2, expected an"
            + " array",
        "{\"a\\ud800\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}} | Broken"
            + " surrogate pair in field name",
        "{\"__metadata__\":{\"k\\udc00\":\"v\"}} | Unexpected low surrogate in field name",
        "{\"__metadata__\":{\"k\":\"v\\ud800\"}} | __metadata__ holds half a surrogate pair",
        "\u00ef\u00bb\u00bf{} | header begins with a byte order mark (BOM), expected {",
        "[] | header is not a JSON object",
        "nonsense | header is not valid JSON"
      })
  void refusesAHostileHeaderInOneSentence(String json, String message) throws Exception {
    Path path = write(json, 8);
    assertThatThrownBy(() -> SafetensorsFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void refusesTruncatedFilesAndHugeHeaderLengths() throws Exception {
    Path path = write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
    byte[] whole = Files.readAllBytes(path);
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> SafetensorsFile.open(path))
          .isInstanceOf(EncodedFormatException.class);
    }
    for (long length : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, whole.length}) {
      ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
      Files.write(path, whole);
      assertThatThrownBy(() -> SafetensorsFile.open(path))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageContaining("header length is " + Long.toUnsignedString(length));
    }
  }

  @Test
  void aHeaderWithoutMetadataOrOfNothingIsRead() throws Exception {
    try (var file = SafetensorsFile.open(write("{\"__metadata__\":null}", 0))) {
      assertThat(file.metadata()).isEmpty();
      assertThat(file.tensors()).isEmpty();
    }
    // Tensors without bytes begin where another one does; the order of the names does not matter.
    String json =
        "{\"full\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
            + "\"empty\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
    try (var file = SafetensorsFile.open(write(json, 8))) {
      assertThat(file.tensors().keySet()).containsExactly("empty", "full");
    }
  }

  @Test
  void opensASparseFileOfManyGigabytesWithoutReadingIt() throws Exception {
    long bytes = 40_000_000_000L;
    Path path =
        write(
            "{\"a\":{\"dtype\":\"F32\",\"shape\":[100000,100000],\"data_offsets\":[0,%d]}}"
                .formatted(bytes),
            0);
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(file.length() + bytes);
    }
    try (var file = SafetensorsFile.open(path)) {
      float[] row = new float[100_000];
      file.matrix("a").readRow(99_999, row);
      assertThat(row).containsOnly(0f);
    }
  }

  @Test
  void saysWhichFileCannotBeReadAndWhy() {
    assertThatThrownBy(() -> SafetensorsFile.open(folder.resolve("none")))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot read " + folder.resolve("none") + ": no such file or directory");
    assertThatThrownBy(() -> SafetensorsFile.open(folder))
        .hasMessage("cannot read " + folder + ": not a regular file");
    assertThatThrownBy(() -> DenseFile.open(folder.resolve("x.txt")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("x.txt does not end in .safetensors");
  }

  @Test
  void isAnErrorToUseAfterClose() throws Exception {
    Path path = write("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 8);
    SafetensorsFile file = SafetensorsFile.open(path);
    file.close();
    assertThatThrownBy(() -> file.tensor("a").floats()).isInstanceOf(IllegalStateException.class);
  }

  private Path write(String json, int dataBytes) throws IOException {
    byte[] header = json.getBytes(json.startsWith("\u00ef") ? ISO_8859_1 : UTF_8);
    var buffer =
        ByteBuffer.allocate(8 + header.length + dataBytes)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(header.length)
            .put(header);
    return Files.write(folder.resolve("bad.safetensors"), buffer.array());
  }
}
