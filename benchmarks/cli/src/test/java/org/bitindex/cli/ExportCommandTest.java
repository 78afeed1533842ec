package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.io.DenseFile;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.io.SafetensorsFile;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportCommandTest {
  private static final Path TINY = EncodedProductTest.resource("tiny.safetensors");
  private static final List<String> MATRICES = List.of("layer.0.weight", "layer.1.weight");

  @TempDir private Path folder;
  private Path encoded;
  private Path decoded;
  private Path exported;

  @BeforeEach
  void pruneTheTinyModel() {
    encoded = folder.resolve("encoded.safetensors");
    decoded = folder.resolve("decoded.safetensors");
    exported = folder.resolve("exported.safetensors");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded, "--prune", "0.8");
    CommandRun.ok("decode", "--input", encoded, "--output", decoded);
  }

  private CommandRun export(Path input, Object... more) {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("export", "--input", input, "--output", exported));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray());
  }

  @Test
  void encodedAndDecodedFilesGiveTheSameBitmasks() throws IOException {
    CommandRun run = export(encoded);
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .contains("exported 2 matrices", "2 carried tensors")
        .doesNotContain("note");
    byte[] bytes = Files.readAllBytes(exported);
    assertThat(export(decoded, "--force").exitCode()).isZero();
    assertThat(Files.readAllBytes(exported)).isEqualTo(bytes);
    try (var before = SafetensorsFile.open(decoded);
        var after = SafetensorsFile.open(exported)) {
      assertThat(after.metadata()).containsEntry("format", "pt");
      assertThat(after.matrices().keySet()).containsExactlyElementsOf(MATRICES);
      for (String name : MATRICES) {
        assertThat(
                DenseMatrix.copyOf(after.matrix(name)).data().mismatch(before.tensor(name).data()))
            .isEqualTo(-1);
      }
      assertThat(after.tensorsWithout(MATRICES))
          .extracting(NamedTensor::name)
          .containsExactly("steps", "layer.0.bias");
    }
  }

  @Test
  void anEncodedFileMayHaveAnyName() throws IOException {
    export(encoded);
    byte[] bytes = Files.readAllBytes(exported);
    Path named = Files.copy(encoded, folder.resolve("model.bie"));
    assertThat(export(named, "--force").exitCode()).isZero();
    assertThat(Files.readAllBytes(exported)).isEqualTo(bytes);
    Path other = Files.write(folder.resolve("other.bie"), new byte[9]);
    export(other, "--force").requireFailure(1, "other.bie does not end in .safetensors, .npy");
  }

  @Test
  void exportedFilesEncodeAsTheirDenseOriginal() throws IOException {
    Path first = folder.resolve("first.safetensors");
    Path second = folder.resolve("second.safetensors");
    export(decoded);
    Path dense = folder.resolve("dense.safetensors");
    try (DenseFile file = DenseFile.open(decoded)) {
      var writer = new SafetensorsWriter().metadata("format", "pt"); // which export adds
      file.metadata().forEach(writer::metadata);
      file.tensors().values().forEach(writer::add);
      writer.write(dense, IfExists.REFUSE);
    }
    CommandRun.ok("encode", "--input", dense, "--output", first);
    CommandRun.ok("encode", "--input", exported, "--output", second);
    assertThat(Files.readAllBytes(second)).isEqualTo(Files.readAllBytes(first));
  }

  @Test
  void matricesThatAreNotEncodedAreCarriedAsBitmasks() throws IOException {
    Path partly = folder.resolve("partly.safetensors");
    export(decoded);
    CommandRun.ok("encode", "--input", exported, "--output", partly, "--tensor", "layer.1");
    assertThat(CommandRun.ok("inspect", partly).out()).contains("carried tensors: 6");
    export(partly, "--force");
    try (DenseFile file = DenseFile.open(exported)) {
      assertThat(file.matrices().keySet()).containsExactlyInAnyOrderElementsOf(MATRICES);
    }
  }

  @Test
  void typesAndNamesAreToldApart() throws IOException {
    Path npy = folder.resolve("w.npy");
    NpyFile.write(npy, DenseMatrix.of(2, 2, 1, 70_000, 2, 3), IfExists.REFUSE);
    assertThat(export(npy, "--dtype", "bf16").out())
        .contains("too few weights are zero", "readers add .weight to the names of w");
    try (DenseFile file = DenseFile.open(exported)) {
      float[] row = new float[2];
      file.matrix("w.weight").readRow(0, row);
      assertThat(row).containsExactly(1, 70_144);
    }
    export(npy, "--force", "--dtype", "F16")
        .requireFailure(1, "w.npy", "matrix w", "row 0, column 1 is 70000.0", "range of F16");
    export(npy).requireFailure(1, exported + " exists; --force replaces it");
  }

  @Test
  void whatCannotBeExportedIsRefused() throws IOException {
    export(TINY, "--dtype", "I8").requireFailure(2, "--dtype", "I8", "F32, F16, BF16");
    CommandRun.of("export", "--input", TINY, "--output", folder.resolve("x.npy"))
        .requireFailure(2, "x.npy does not end in .safetensors");
    Path bias = folder.resolve("bias.safetensors");
    new SafetensorsWriter().add(NamedTensor.of("b", List.of(1L), 1)).write(bias, IfExists.REFUSE);
    export(bias).requireFailure(1, "bias.safetensors holds no matrices");
    Path empty = folder.resolve("empty.safetensors");
    new SafetensorsWriter().add(NamedTensor.of("w", List.of(3L, 0L))).write(empty, IfExists.REFUSE);
    export(empty).requireFailure(1, "empty.safetensors holds no matrices");
    Path clash = folder.resolve("clash.safetensors");
    new SafetensorsWriter()
        .add(NamedTensor.of("w", List.of(1L, 1L), 1))
        .add(NamedTensor.of("w.weight", List.of(1L, 1L), 1))
        .write(clash, IfExists.REFUSE);
    export(clash).requireFailure(1, "w.shape is taken already");
    assertThat(exported).doesNotExist();
  }
}
