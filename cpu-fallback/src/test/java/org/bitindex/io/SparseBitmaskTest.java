package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bitindex.EncodedFormatException;
import org.bitindex.encode.Encoder;
import org.bitindex.io.format.SafetensorsHeader;
import org.bitindex.io.format.SparseBitmask;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SparseBitmaskTest {
  private static final String SCRIPT = "src/test/resources/org/bitindex/io/sparse_bitmask.py";

  @TempDir Path folder;

  /** Three rows of ten: {1, 0, ..., 0, 2}, none, {0, 3, 0, ...}. */
  private static Map<String, NamedTensor> example() {
    return named(
        NamedTensor.of("w.compressed", List.of(3L), 1, 2, 3),
        bytes("w.bitmask", List.of(3L, 2L), 0b1, 0b10, 0, 0, 0b10, 0),
        longs("w.row_offsets", 0, 2, 2),
        longs("w.shape", 3, 10));
  }

  private static final float[][] EXAMPLE = {
    {1, 0, 0, 0, 0, 0, 0, 0, 0, 2}, new float[10], {0, 3, 0, 0, 0, 0, 0, 0, 0, 0}
  };

  private static Map<String, NamedTensor> named(NamedTensor... tensors) {
    Map<String, NamedTensor> map = new LinkedHashMap<>();
    List.of(tensors).forEach(tensor -> map.put(tensor.name(), tensor));
    return map;
  }

  private static NamedTensor bytes(String name, List<Long> shape, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new NamedTensor(name, DType.U8, shape, MemorySegment.ofArray(bytes));
  }

  private static NamedTensor longs(String name, long... values) {
    return new NamedTensor(
        name, DType.I64, List.of((long) values.length), MemorySegment.ofArray(values));
  }

  private Path write(Map<String, NamedTensor> tensors) throws IOException {
    var writer = new SafetensorsWriter();
    tensors.values().forEach(writer::add);
    Path path = folder.resolve("a.safetensors");
    writer.write(path, IfExists.REPLACE, SafetensorsHeader::new); // also what is refused later
    return path;
  }

  private Path write(String name, SafetensorsWriter writer) throws IOException {
    Path path = folder.resolve(name);
    writer.write(path, IfExists.REPLACE);
    return path;
  }

  @Test
  void bitsGoFromTheLowestOfEachByteUp() throws Exception {
    try (DenseFile file = DenseFile.open(write(example()))) {
      assertThat(file.matrices().keySet()).containsExactly("w.weight");
      assertThat(Rows.of(file.matrix("w.weight"))).isDeepEqualTo(EXAMPLE);
      assertThat(file.tensors()).containsOnlyKeys(example().keySet());
      assertThat(file.tensorsWithout(List.of("w.weight"))).isEmpty();
      assertThat(file.tensorsWithout(List.of())).hasSize(4);
    }
  }

  @Test
  void writesWhatTheExampleHolds() throws Exception {
    float[] values = new float[30];
    for (int i = 0; i < 3; i++) {
      System.arraycopy(EXAMPLE[i], 0, values, i * 10, 10);
    }
    values[11] = -0f; // a zero like any other
    var writer = new SafetensorsWriter();
    writer.addSparse("w.weight", DenseMatrix.of(3, 10, values), DType.F32);
    try (var file = SafetensorsFile.open(write("b.safetensors", writer))) {
      Map<String, NamedTensor> expected = example();
      assertThat(file.tensors()).containsOnlyKeys(expected.keySet());
      expected.forEach((name, tensor) -> {
        assertThat(file.tensor(name).type()).as(name).isEqualTo(tensor.type());
        assertThat(file.tensor(name).shape()).as(name).isEqualTo(tensor.shape());
        assertThat(file.tensor(name).data().mismatch(tensor.data())).as(name).isEqualTo(-1);
      });
    }
  }

  /** Gaussian, zero but for {@code density}, and values at the limits; exact in every type. */
  private static DenseMatrix random(int rows, int columns, double density) {
    var random = new Random(31L * rows + columns);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      if (random.nextDouble() < density) {
        values[i] = DType.BF16.round(DType.F16.round((float) random.nextGaussian()));
      }
    }
    float[] special = {Float.NaN, Float.NEGATIVE_INFINITY, 0x1p-14f, -1f};
    System.arraycopy(special, 0, values, 0, Math.min(special.length, values.length));
    return DenseMatrix.of(rows, columns, values);
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16", "F64"})
  void comesBackExactly(DType type) throws Exception {
    int[] sizes = {1, 2, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 257, 5000};
    var writer = new SafetensorsWriter();
    Map<String, DenseMatrix> expected = new LinkedHashMap<>();
    for (int columns : sizes) {
      for (double density : new double[] {0, 0.1, 0.5, 1}) {
        for (int rows : new int[] {1, 3, 8}) {
          String name = "m%d.%d.%s.weight".formatted(rows, columns, density);
          expected.put(name, random(rows, columns, density));
          writer.addSparse(name, expected.get(name), type);
        }
      }
    }
    try (DenseFile file = DenseFile.open(write("a.safetensors", writer))) {
      assertThat(file.matrices().keySet()).containsExactlyElementsOf(expected.keySet());
      expected.forEach((name, weights) -> {
        MemorySegment actual = DenseMatrix.copyOf(file.matrix(name)).data();
        assertThat(actual.mismatch(weights.data())).as(name).isEqualTo(-1);
      });
    }
  }

  @Test
  void roundsToTheNearestAndDropsWhatBecomesZero() throws Exception {
    float third = 1 / 3f;
    DenseMatrix weights = DenseMatrix.of(1, 5, third, 1e-30f, 1 + 0x1p-8f, 1 + 0x3p-8f, 65504f);
    var writer = new SafetensorsWriter();
    writer.addSparse("half.weight", weights, DType.F16);
    writer.addSparse("brain.weight", weights, DType.BF16);
    try (DenseFile file = DenseFile.open(write("a.safetensors", writer))) {
      assertThat(Rows.of(file.matrix("half.weight"))[0])
          .containsExactly(
              Float.float16ToFloat(Float.floatToFloat16(third)),
              0,
              1 + 0x1p-8f,
              1 + 0x3p-8f,
              65504);
      assertThat(file.tensor("half.compressed").length()).isEqualTo(4);
      assertThat(Rows.of(file.matrix("brain.weight"))[0])
          .containsExactly(0x1.56p-2f, 0x1.44p-100f, 1, 1 + 0x4p-8f, 65536);
    }
    assertThatThrownBy(() ->
            new SafetensorsWriter().addSparse("w", DenseMatrix.of(2, 1, 1f, -65520f), DType.F16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("row 1, column 0 is -65520.0, beyond the range of F16");
    assertThatThrownBy(() -> new SafetensorsWriter().addSparse("w", weights, DType.I32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type is I32, must be floating");
  }

  @Test
  void encodesAsTheDenseMatrixDoes() throws Exception {
    DenseMatrix weights = SampleModels.weights(8, 300, 5);
    Path sparse =
        write(
            "sparse.safetensors",
            new SafetensorsWriter()
                .addSparse("a.weight", weights, DType.F32)
                .add(NamedTensor.of("a.bias", List.of(2L), 1, 2)));
    Path dense =
        write(
            "dense.safetensors",
            new SafetensorsWriter()
                .add("a.weight", weights)
                .add(NamedTensor.of("a.bias", List.of(2L), 1, 2)));
    for (Encoder encoder : SampleModels.encoders()) {
      assertThat(encoded(sparse, encoder)).isEqualTo(encoded(dense, encoder));
    }
  }

  private byte[] encoded(Path input, Encoder encoder) throws IOException {
    Path path = folder.resolve("encoded.safetensors");
    try (DenseFile file = DenseFile.open(input);
        var matrix = encoder.encode(file.matrix("a.weight"))) {
      var writer = new ModelWriter().add("a.weight", matrix);
      file.tensorsWithout(List.of("a.weight")).forEach(writer::add);
      writer.write(path, IfExists.REPLACE);
    }
    return Files.readAllBytes(path);
  }

  @ParameterizedTest
  @ValueSource(strings = {"layer.0.weight", "layer.0.weight.compressed.bitmask"})
  void otherTensorsOfSuchNamesAreLeftAlone(String name) throws Exception {
    NamedTensor only = NamedTensor.of(name + ".compressed", List.of(1L, 2L), 1, 2);
    try (DenseFile file = DenseFile.open(write(named(only, longs(name + ".shape", 1, 2))))) {
      assertThat(file.matrices().keySet()).containsExactly(only.name());
    }
  }

  @Test
  void vectorsAndTypesThatCannotBeReadAreCarried() throws Exception {
    Map<String, NamedTensor> tensors = example();
    tensors.put(
        "w.compressed", new NamedTensor("w.compressed", DType.F8_E4M3, List.of(3L), zeros(3)));
    tensors.putAll(
        named(
            NamedTensor.of("norm.compressed", List.of(2L), 1, 2),
            bytes("norm.bitmask", List.of(1L), 3),
            new NamedTensor("norm.row_offsets", DType.I64, List.of(), zeros(8)),
            longs("norm.shape", 2)));
    try (DenseFile file = DenseFile.open(write(tensors))) {
      assertThat(file.matrices()).isEmpty();
      assertThat(file.tensorsWithout(List.of())).hasSize(8);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"w.compressed", "w.bitmask", "w.row_offsets", "w.shape"})
  void tensorsWithoutAllTheirCompanionsAreCarried(String missing) throws Exception {
    Map<String, NamedTensor> tensors = example();
    tensors.remove(missing);
    try (DenseFile file = DenseFile.open(write(tensors))) {
      assertThat(file.matrices()).isEmpty();
      assertThat(file.tensorsWithout(List.of())).hasSize(3);
    }
  }

  private static MemorySegment zeros(int bytes) {
    return MemorySegment.ofArray(new byte[bytes]);
  }

  record Bad(Map<String, NamedTensor> tensors, String message) {
    @Override
    public String toString() {
      return message;
    }
  }

  private static Bad with(NamedTensor tensor, String message) {
    Map<String, NamedTensor> tensors = example();
    tensors.put(tensor.name(), tensor);
    return new Bad(tensors, message);
  }

  static Stream<Bad> bad() {
    return Stream.of(
        with(
            bytes("w.bitmask", List.of(3L, 1L), 1, 0, 2),
            "w.bitmask: is of shape [3, 1], expected [3, 2] for 3 x 10 weights"),
        with(
            bytes("w.bitmask", List.of(2L, 2L), 1, 2, 0, 0),
            "w.bitmask: is of shape [2, 2], expected [3, 2] for 3 x 10 weights"),
        with(
            bytes("w.bitmask", List.of(3L, 2L), 1, 2, 0, 0, 2, 4),
            "w.bitmask: row 2 has a bit beyond its 10 columns"),
        with(
            bytes("w.bitmask", List.of(3L, 2L), 1, 2, 0, 0, 2, 0x80),
            "w.bitmask: row 2 has a bit beyond its 10 columns"),
        with(
            bytes("w.bitmask", List.of(3L, 2L), 1, 0, 0, 0, 2, 0),
            "w.row_offsets: row 1 starts at 2, the bitmask has 1 bits before it"),
        with(
            bytes("w.bitmask", List.of(3L, 2L), 1, 2, 0, 0, 6, 0),
            "w.compressed: is of shape [3], the bitmask has 4 bits"),
        with(NamedTensor.of("w.bitmask", List.of(3L, 2L), new float[6]), "w.bitmask: is F32"),
        with(longs("w.row_offsets", 0, 2), "w.row_offsets: is of shape [2], expected [3]"),
        with(longs("w.row_offsets", 0, 2, 2, 3), "w.row_offsets: is of shape [4], expected [3]"),
        with(longs("w.row_offsets", 1, 2, 2), "w.row_offsets: row 0 starts at 1"),
        with(longs("w.row_offsets", 0, -2, 2), "w.row_offsets: row 1 starts at -2"),
        with(longs("w.row_offsets", 0, 2, 3), "w.row_offsets: row 2 starts at 3"),
        with(
            NamedTensor.of("w.row_offsets", List.of(3L), 0, 2, 2),
            "w.row_offsets: is F32, expected integers"),
        with(longs("w.shape", 3, -10), "w.shape: holds -10, expected sizes from 0"),
        with(longs("w.shape", 1L << 31, 10), "w.shape: holds 2147483648, expected sizes from 0"),
        with(
            longs("w.shape", Integer.MAX_VALUE, Integer.MAX_VALUE),
            "w.bitmask: is of shape [3, 2], expected [2147483647, 268435456]"),
        with(NamedTensor.of("w.shape", List.of(2L), 3, 10), "w.shape: is F32, expected integers"),
        with(
            NamedTensor.of("w.compressed", List.of(4L), 1, 2, 3, 4),
            "w.compressed: is of shape [4], the bitmask has 3 bits"),
        with(
            NamedTensor.of("w.compressed", List.of(3L, 1L), 1, 2, 3),
            "w.compressed: is of shape [3, 1], the bitmask has 3 bits"),
        with(
            NamedTensor.of("w.weight", List.of(1L), 1),
            "w.compressed: holds w.weight, which is there already"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void refusesBadTensorsInOneSentence(Bad bad) throws Exception {
    Path path = write(bad.tensors);
    assertThatThrownBy(() -> DenseFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": tensor w.")
        .hasMessageContaining(bad.message)
        .message()
        .hasLineCount(1);
  }

  @Test
  void readsWhatPythonWrites() throws Exception {
    Path path = folder.resolve("python.safetensors");
    List<String> expected = Python.run(SCRIPT, "write", path);
    assertThat(fingerprints(path)).isEqualTo(expected).hasSize(4);
  }

  @Test
  void pythonReadsWhatWeWrite() throws Exception {
    var writer = new SafetensorsWriter();
    for (DType type : List.of(DType.F32, DType.F16, DType.BF16)) {
      writer.addSparse(type + ".weight", SampleModels.weights(8, 70, 3), type);
    }
    Path path = write("java.safetensors", writer);
    assertThat(Python.run(SCRIPT, "read", path)).isEqualTo(fingerprints(path)).hasSize(3);
  }

  private static List<String> fingerprints(Path path) throws IOException {
    try (DenseFile file = DenseFile.open(path)) {
      return file.matrices().entrySet().stream()
          .map(entry -> SampleModels.fingerprint(entry.getKey(), entry.getValue()))
          .toList();
    }
  }

  @Test
  void prefixesOfOldAndNewFilesGiveTheSameNames() {
    assertThat(Stream.of("a", "a.weight", "a.weights").map(SparseBitmask::matrix))
        .containsExactly("a.weight", "a.weight", "a.weights.weight");
    assertThat(Arrays.asList(SparseBitmask.prefix("a.weight"), SparseBitmask.prefix("a")))
        .containsExactly("a", "a");
  }
}
