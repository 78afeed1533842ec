package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.format.MappedFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelFileTest {
  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"1, 1", "5, 300", "7, 64", "0, 4", "4, 0", "3, 1021"})
  void readsBackEveryCodeLayoutAndScaleInEveryBit(int rows, int columns) throws Exception {
    Path path = folder.resolve("model.safetensors");
    DenseMatrix weights = SampleModels.weights(rows, columns, 11);
    var writer = new ModelWriter();
    Map<String, EncodedMatrix> expected = new LinkedHashMap<>();
    for (Encoder encoder : SampleModels.encoders()) {
      EncodedMatrix matrix = encoder.encode(weights);
      expected.put(SampleModels.name(encoder), matrix);
      writer.add(SampleModels.name(encoder), matrix);
    }
    writer.write(path, IfExists.REFUSE);
    try (ModelFile file = ModelFile.open(path)) {
      file.verify();
      assertThat(file.matrices().keySet()).containsExactlyElementsOf(expected.keySet());
      assertThat(file.tensors()).isEmpty();
      expected.forEach((name, matrix) -> assertSame(file.matrix(name), matrix));
    }
    expected.values().forEach(EncodedMatrix::close);
  }

  private static void assertSame(EncodedMatrix actual, EncodedMatrix expected) {
    assertThat(actual.code()).isEqualTo(expected.code());
    assertThat(actual.layout()).isEqualTo(expected.layout());
    assertThat(actual.bytes()).isEqualTo(expected.bytes());
    assertThat(actual.setBits()).isEqualTo(expected.setBits());
    assertThat(Rows.of(actual)).isDeepEqualTo(Rows.of(expected));
  }

  @Test
  void carriesTensorsAndMetadata() throws Exception {
    try (ModelFile file = ModelFile.open(writeSmall())) {
      assertThat(file.metadata()).containsExactly(Map.entry("source", "random"));
      assertThat(file.tensors().keySet()).containsExactly("m0.bias");
      assertThat(file.tensor("m0.bias").floats()).containsExactly(1, 2, 3);
      assertThatThrownBy(() -> file.matrix("m9"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(file.path() + " has no matrix m9, but m0, m1");
    }
  }

  @Test
  void manyThreadsReadOneFile() throws Exception {
    try (ModelFile file = ModelFile.open(writeSmall())) {
      float[][] expected = Rows.of(file.matrix("m1"));
      IntStream.range(0, 200)
          .parallel()
          .forEach(_ -> assertThat(Rows.of(file.matrix("m1"))).isDeepEqualTo(expected));
    }
  }

  @Test
  void aFlippedBitIsRefusedOrChangesNoWeight() throws Exception {
    Path path = writeSmall();
    byte[] bytes = Files.readAllBytes(path);
    float[][] m0;
    float[][] m1;
    try (ModelFile file = ModelFile.open(path)) {
      m0 = Rows.of(file.matrix("m0"));
      m1 = Rows.of(file.matrix("m1"));
    }
    int refused = 0;
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
      try (ModelFile file = openBytes(path, bytes)) {
        file.verify();
        assertThat(Rows.of(file.matrix("m0"))).isDeepEqualTo(m0);
        assertThat(Rows.of(file.matrix("m1"))).isDeepEqualTo(m1);
      } catch (EncodedFormatException e) {
        assertThat(e).hasMessageStartingWith(path + ": ").message().hasLineCount(1);
        refused++;
      }
      bytes[bit / 8] ^= (byte) (1 << (bit % 8));
    }
    // What may pass unseen is the writer's own metadata and the padding of the header.
    assertThat(refused).isGreaterThan(bytes.length * 8 * 9 / 10);
  }

  @Test
  void structuralErrorsAreFoundEvenWhereTheChecksumIsRight() throws Exception {
    var layout = new Layout.Flat();
    DenseMatrix weights = SampleModels.weights(3, 70, 1);
    Path path = folder.resolve("a.safetensors");
    try (EncodedMatrix matrix =
        new Encoder(new Code.Binary(0), ScaleMode.NONE, layout, 1).encode(weights)) {
      MemorySegment indices = matrix.planes().arrays().getFirst().data();
      indices.set(ValueLayout.JAVA_INT_UNALIGNED, 0, 10_000);
      new ModelWriter().add("w", matrix).write(path, IfExists.REFUSE);
    }
    try (ModelFile file = ModelFile.open(path)) {
      assertThatThrownBy(file::verify)
          .isInstanceOf(EncodedFormatException.class)
          .hasMessage(
              path + ": matrix w: plane 0: indices[0] is 10000, expected above -1 and below 210");
    }
  }

  @Test
  void refusesADenseFileAndANewerVersion() throws Exception {
    Path path = folder.resolve("dense.safetensors");
    new SafetensorsWriter().write(path, IfExists.REFUSE);
    assertThatThrownBy(() -> ModelFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(
            path + ": is not an encoded model: it holds dense tensors, which 'bie encode' encodes");
    new SafetensorsWriter()
        .metadata("bie.format", "bit-index-encoding")
        .metadata("bie.format_version", "2")
        .write(path, IfExists.REPLACE);
    assertThatThrownBy(() -> ModelFile.open(path)).hasMessageContaining("format_version is 2");
  }

  @Test
  void anExistingFileStaysUnlessItIsToBeReplaced() throws Exception {
    Path path = folder.resolve("out.safetensors");
    Files.writeString(path, "precious");
    assertThatThrownBy(() -> new ModelWriter().write(path, IfExists.REFUSE))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + path + ": the file exists");
    assertThat(path).hasContent("precious");
    new ModelWriter().write(path, IfExists.REPLACE);
    ModelFile.open(path).close();
    assertThat(folder)
        .isDirectoryContaining(p -> p.equals(path))
        .isDirectoryNotContaining("glob:.*");
  }

  @Test
  void onlyARegularFileIsReplaced() throws Exception {
    Path path = folder.resolve("socket");
    try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(path));
      for (IfExists ifExists : IfExists.values()) {
        assertThatThrownBy(() -> new ModelWriter().write(path, ifExists))
            .isInstanceOf(IOException.class)
            .hasMessage("cannot write " + path + ": it is not a regular file");
        assertThatThrownBy(() -> new ModelWriter().write(folder, ifExists))
            .hasMessage("cannot write " + folder + ": it is a directory");
      }
    }
    assertThat(Files.isRegularFile(path)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"crc32c\":{}} | description: matrices is missing, expected OBJECT",
        "{\"crc32c\":{},\"matrices\":[]} | description: matrices is [], expected OBJECT",
        "{\"crc32c\":{},\"matrices\":{},\"graph\":7} | graph is 7, expected the name of a U8"
            + " tensor",
        "{\"crc32c\":{},\"matrices\":{},\"graph\":\"g\"} | expected the name of a U8 tensor",
        "{\"crc32c\":{},\"matrices\":{\"m\":7}} | matrix m: tensors is missing",
        "[] | description is not a JSON object",
      })
  void descriptionsThatAreNoneAreRefused(String description, String message) throws Exception {
    Path path = folder.resolve("bad.safetensors");
    new SafetensorsWriter()
        .metadata("bie.format", "bit-index-encoding")
        .metadata("bie.format_version", "1")
        .metadata("bie.description", description)
        .metadata("bie.description_crc32c", ModelFormat.checksum(description))
        .write(path, IfExists.REFUSE);
    assertThatThrownBy(() -> ModelFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message);
  }

  @Test
  void aFailedWriteLeavesNothingBehind() {
    Path path = folder.resolve("out.safetensors");
    var failing =
        new Weights() {
          @Override
          public int rows() {
            return 2_000_000;
          }

          @Override
          public int columns() {
            return 1;
          }

          @Override
          public void readRow(int row, float[] target) {
            if (row == 1_000_000) {
              throw new IllegalStateException("source failed");
            }
          }
        };
    assertThatThrownBy(() -> new SafetensorsWriter().add("w", failing).write(path, IfExists.REFUSE))
        .hasMessage("source failed");
    assertThat(folder).isEmptyDirectory();
    Path nowhere = folder.resolve("none").resolve("out.safetensors");
    assertThatThrownBy(() -> new ModelWriter().write(nowhere, IfExists.REFUSE))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + nowhere + ": no such file or directory");
  }

  @Test
  void namesMustDiffer() {
    var writer =
        new ModelWriter()
            .add(NamedTensor.of("a", List.of(1L), 1))
            .add(NamedTensor.of("a", List.of(1L), 1));
    assertThatThrownBy(() -> writer.write(folder.resolve("x"), IfExists.REFUSE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tensor name a is taken already");
    assertThatThrownBy(() -> writer.metadata("bie.format", "x"))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void tensorsThatAreNamedAsPartsOfAMatrixStayTensors() throws Exception {
    Path path = folder.resolve("names.safetensors");
    DenseMatrix weights = SampleModels.weights(3, 70, 5);
    var encoder = new Encoder(new Code.Affine(2), ScaleMode.ROW, new Layout.Flat(), 1);
    List<String> names = List.of("w.bie.scales", "w.bie2.indices", "w.bie3", "w.bie5.x");
    try (EncodedMatrix matrix = encoder.encode(weights);
        EncodedMatrix other = encoder.encode(SampleModels.weights(3, 70, 6))) {
      var writer = new ModelWriter().add("w", matrix).add("w.bie3.w", other);
      names.forEach(name -> writer.add(NamedTensor.of(name, List.of(1L), 7)));
      writer.write(path, IfExists.REFUSE);
      try (ModelFile file = ModelFile.open(path)) {
        file.verify();
        assertThat(file.tensors().keySet()).containsExactlyElementsOf(names);
        assertSame(file.matrix("w"), matrix);
        assertSame(file.matrix("w.bie3.w"), other);
      }
    }
  }

  @Test
  void carriedTensorsAreStoredInSixteenBitsAndInNoOtherType() {
    assertThatThrownBy(() -> new ModelWriter().carryAs(DType.F32))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("type is F32, expected F16 or BF16");
  }

  @Test
  void whatIsAnEncodedFileIsSeenWhateverItsName() throws Exception {
    Path small = writeSmall();
    assertThat(ModelFile.isAt(small)).isTrue();
    assertThat(ModelFile.isAt(Files.copy(small, folder.resolve("model.bie")))).isTrue();
    assertThat(ModelFile.isAt(folder)).isFalse();
    assertThat(ModelFile.isAt(Files.write(folder.resolve("text.bie"), new byte[9]))).isFalse();
    Path dense = folder.resolve("dense.safetensors");
    new SafetensorsWriter().write(dense, IfExists.REFUSE);
    assertThat(ModelFile.isAt(dense)).isFalse();
    for (String ending : List.of("npy", "onnx", "smtx", "gguf")) {
      Path named = Files.copy(small, folder.resolve("m." + ending));
      assertThat(ModelFile.isDenseByName(named)).isTrue();
      assertThat(ModelFile.isAt(named)).isFalse();
    }
    assertThat(ModelFile.isDenseByName(small)).isFalse();
  }

  private Path writeSmall() throws IOException {
    Path path = folder.resolve("small.safetensors");
    DenseMatrix weights = SampleModels.weights(3, 70, 5);
    try (EncodedMatrix first =
            new Encoder(new Code.Ternary(-0.3f, 0.2f), ScaleMode.ROW, new Layout.Adaptive(), 1)
                .encode(weights);
        EncodedMatrix second =
            new Encoder(new Code.Affine(2), ScaleMode.TENSOR, new Layout.Blocked(64), 1)
                .encode(weights)) {
      SampleModels.small(List.of(first, second)).write(path, IfExists.REFUSE);
    }
    return path;
  }

  @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
  private static ModelFile openBytes(Path name, byte[] bytes) throws IOException {
    return new ModelFile(
        new MappedFile(name, Arena.ofConfined(), MemorySegment.ofArray(bytes).asReadOnly()));
  }
}
