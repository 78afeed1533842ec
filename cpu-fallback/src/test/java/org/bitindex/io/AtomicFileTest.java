package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where files are written, what is refused before, and what becomes of files cut short. */
class AtomicFileTest {
  @TempDir Path folder;

  private static SafetensorsWriter small() {
    return new SafetensorsWriter().add(NamedTensor.of("w", List.of(1L, 2L), 3, 4));
  }

  @Test
  void aLinkStaysAndTheFileItLeadsToIsWritten() throws IOException {
    Path target = Files.createDirectory(folder.resolve("deep")).resolve("target.safetensors");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("deep", "middle"));
    Files.createSymbolicLink(folder.resolve("deep/middle"), Path.of("target.safetensors"));
    small().write(link, IfExists.REFUSE);
    assertThat(link).isSymbolicLink();
    assertThat(target).isRegularFile();
    assertThatThrownBy(() -> small().write(link, IfExists.REFUSE))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + link + ": the file exists");
    small().write(link, IfExists.REPLACE);
    assertThat(link).isSymbolicLink();
    SafetensorsFile.open(target).close();
    assertThat(folder.resolve("deep")).isDirectoryNotContaining("glob:.*");
  }

  /** Also such that begin like a file of another format. */
  @Test
  void bytesOfNoFormatAreWrittenWholeOrNotAtAll() throws IOException {
    Path path = folder.resolve("page.html");
    for (String text : List.of("<!DOCTYPE html>", "")) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(path, IfExists.REPLACE, bytes);
      assertThat(path).hasBinaryContent(bytes);
    }
    assertThatThrownBy(() -> AtomicFile.write(path, IfExists.REFUSE, new byte[1]))
        .hasMessage("cannot write " + path + ": the file exists");
    assertThat(path).isEmptyFile();
    assertThat(folder).isDirectoryNotContaining("glob:.*");
  }

  @Test
  void linksInACircleAreRefused() throws IOException {
    Path link = Files.createSymbolicLink(folder.resolve("a"), Path.of("b"));
    Files.createSymbolicLink(folder.resolve("b"), Path.of("a"));
    assertThatThrownBy(() -> small().write(link, IfExists.REPLACE))
        .hasMessage("cannot write " + link + ": too many levels of symbolic links");
  }

  @Test
  void namesOf255BytesCanBeWritten() throws IOException {
    String end = ".safetensors";
    Path path = folder.resolve("n".repeat(255 - end.length()) + end);
    small().write(path, IfExists.REFUSE);
    SafetensorsFile.open(path).close();
    try (EncodedMatrix matrix = encode(1)) {
      new ModelWriter().add("w", matrix).write(path, IfExists.REPLACE);
      ModelFile.open(path).close();
      new ModelWriter().add("w", () -> encode(1)).write(path, IfExists.REPLACE);
      ModelFile.open(path).close();
    }
  }

  private static EncodedMatrix encode(float scale) {
    return new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(2, 2, scale, 2, 3, 4));
  }

  @Test
  void matricesAreMadeOneAfterTheOtherAndClosedThen() throws IOException {
    Path path = folder.resolve("m.safetensors");
    AtomicInteger made = new AtomicInteger();
    EncodedMatrix[] matrices = new EncodedMatrix[3];
    var writer = new ModelWriter();
    for (int i = 0; i < matrices.length; i++) {
      int n = i;
      writer.add(
          "m" + n,
          () -> {
            for (int before = 0; before < n; before++) {
              EncodedMatrix earlier = matrices[before];
              assertThatThrownBy(earlier::requireOpen).isInstanceOf(IllegalStateException.class);
            }
            made.incrementAndGet();
            matrices[n] = encode(n);
            return matrices[n];
          });
    }
    assertThat(made).hasValue(0);
    writer.write(path, IfExists.REFUSE);
    assertThat(made).hasValue(3);
    try (ModelFile file = ModelFile.open(path)) {
      file.verify();
      for (int n = 0; n < matrices.length; n++) {
        try (EncodedMatrix expected = encode(n)) {
          assertThat(Rows.of(file.matrix("m" + n))).isDeepEqualTo(Rows.of(expected));
        }
      }
    }
    assertThat(folder).isDirectoryNotContaining("glob:.*");
  }

  @Test
  void aMatrixThatCannotBeMadeLeavesNothing() {
    Path path = folder.resolve("m.safetensors");
    var writer =
        new ModelWriter()
            .add("good", () -> encode(1))
            .add(
                "bad",
                () -> {
                  throw new IllegalArgumentException("no weights");
                });
    assertThatThrownBy(() -> writer.write(path, IfExists.REFUSE)).hasMessage("no weights");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatCouldNotBeReadIsNotWritten() {
    Path path = folder.resolve("m.safetensors");
    try (EncodedMatrix matrix = encode(1);
        EncodedMatrix nan = matrix.withScales(new float[] {1, Float.NaN}, null)) {
      refuse(path, new ModelWriter().add("w", nan), "matrix w: scales[1] is NaN");
      refuse(
          path,
          new ModelWriter().add("w", matrix).add(NamedTensor.of("w", List.of(1L), 1)),
          "matrix w and a carried tensor have one name");
      refuse(
          path,
          new ModelWriter().add("w", matrix).add(NamedTensor.of("half \ud800", List.of(1L), 1)),
          "half a surrogate pair");
      refuse(
          path,
          new ModelWriter().add("w", matrix).metadata("author", "\udc00"),
          "half a surrogate pair");
    }
  }

  private void refuse(Path path, ModelWriter writer, String message) {
    assertThatThrownBy(() -> writer.write(path, IfExists.REFUSE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFileCutShortWhileItIsMappedIsOneSentence() throws IOException {
    Path model = folder.resolve("model.safetensors");
    DenseMatrix weights = SampleModels.weights(64, 4096, 3);
    try (EncodedMatrix matrix =
        new Encoder(new Code.Symmetric(8), ScaleMode.ROW, new Layout.Flat(), 1).encode(weights)) {
      new ModelWriter().add("w", matrix).write(model, IfExists.REFUSE);
    }
    try (ModelFile file = ModelFile.open(model)) {
      cut(model);
      assertThatThrownBy(file::verify)
          .isInstanceOf(EncodedFormatException.class)
          .hasMessage(model + ": was cut short while it was read");
    }
    Path dense = folder.resolve("dense.safetensors");
    new SafetensorsWriter().add("w", weights).write(dense, IfExists.REFUSE);
    Path output = folder.resolve("out.safetensors");
    try (SafetensorsFile file = SafetensorsFile.open(dense)) {
      Weights mapped = file.matrix("w");
      cut(dense);
      var encoder = new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Flat(), 1);
      String message =
          "cannot write " + output + ": a file that it is made from was cut short meanwhile";
      var writer = new ModelWriter().add("w", () -> encoder.encode(mapped));
      assertThatThrownBy(() -> writer.write(output, IfExists.REFUSE))
          .isInstanceOf(IOException.class)
          .hasMessage(message);
      assertThatThrownBy(
              () -> new SafetensorsWriter().add("w", mapped).write(output, IfExists.REFUSE))
          .isInstanceOf(IOException.class)
          .hasMessage(message);
    }
    assertThat(output).doesNotExist();
    assertThat(folder).isDirectoryNotContaining("glob:.*");
  }

  @Test
  void whatIsMadeOfAFileThatChangesMeanwhileIsNotWritten() throws IOException {
    Path source = folder.resolve("source.npy");
    Path output = folder.resolve("out.npy");
    DenseMatrix matrix = DenseMatrix.of(1, 4, 1, 2, 3, 4);
    NpyFile.write(source, matrix, IfExists.REFUSE);
    byte[] whole = Files.readAllBytes(source);
    try (NpyFile file = NpyFile.open(source)) {
      // The rest of the page that holds the last elements: no error, but zeros.
      try (var channel = FileChannel.open(source, StandardOpenOption.WRITE)) {
        channel.truncate(whole.length - 4);
      }
      assertThat(file.tensor().floats()).containsExactly(1, 2, 3, 0);
      requireRefused(output, source + " was cut short while it was read");
    }
    NpyFile.write(output, matrix, IfExists.REPLACE);

    Files.write(source, whole);
    try (NpyFile _ = NpyFile.open(source)) {
      Files.write(source, whole);
      Files.setLastModifiedTime(source, FileTime.fromMillis(0));
      requireRefused(output, source + " was changed while it was read");
    }
    try (NpyFile file = NpyFile.open(source)) {
      Files.delete(source);
      NpyFile.write(output, matrix, IfExists.REPLACE);
      NpyFile.write(source, DenseMatrix.of(1, 1, 7), IfExists.REFUSE);
      NpyFile.write(output, matrix, IfExists.REPLACE);
      assertThat(file.tensor().floats()).containsExactly(1, 2, 3, 4);
    }
  }

  /** What is open is watched while others are written, but no file that could not be read. */
  @Test
  void filesThatWereRefusedOrClosedAreForgotten() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad.npy"), "no array at all");
    Path html = Files.writeString(folder.resolve("page.npy"), "<html></html>");
    for (Path path : List.of(bad, html)) {
      assertThatThrownBy(() -> NpyFile.open(path)).isInstanceOf(EncodedFormatException.class);
      Files.write(path, new byte[1]);
    }
    Path onnx = Files.write(folder.resolve("m.onnx"), new byte[] {127});
    assertThatThrownBy(() -> OnnxFile.open(onnx)).isInstanceOf(EncodedFormatException.class);
    Files.write(onnx, new byte[3]);
    Path closed = folder.resolve("closed.npy");
    NpyFile.write(closed, DenseMatrix.of(1, 1, 7), IfExists.REFUSE);
    NpyFile file = NpyFile.open(closed);
    file.close();
    file.close();
    Files.write(closed, new byte[1]);
    Path shards = Files.createDirectory(folder.resolve("shards"));
    Path index = shards.resolve("model.safetensors.index.json");
    Path shard = shards.resolve("a.safetensors");
    new SafetensorsWriter().write(shard, IfExists.REFUSE);
    Files.writeString(
        index, "{\"weight_map\":{\"a\":\"a.safetensors\",\"b\":\"none.safetensors\"}}");
    assertThatThrownBy(() -> DenseFile.open(shards)).isInstanceOf(IOException.class);
    Files.write(index, new byte[1]);
    Files.write(shard, new byte[1]);
    Path zip = folder.resolve("x.npz");
    NpzFile.write(zip, List.of(NamedTensor.of("x", List.of(1L), 1)), IfExists.REFUSE);
    NpzFile.read(zip);
    Files.write(zip, new byte[1]);
    NpyFile.write(folder.resolve("out.npy"), DenseMatrix.of(1, 1, 7), IfExists.REFUSE);
  }

  private static void requireRefused(Path output, String message) {
    assertThatThrownBy(() -> NpyFile.write(output, DenseMatrix.of(1, 1, 1), IfExists.REPLACE))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + output + ": " + message);
  }

  private static void cut(Path path) throws IOException {
    try (var channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
      channel.truncate(100);
    }
  }
}
