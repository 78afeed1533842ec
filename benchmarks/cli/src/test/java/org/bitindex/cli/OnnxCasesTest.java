package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.io.ModelFile;
import org.bitindex.io.NpyFile;
import org.bitindex.io.OnnxFile;
import org.bitindex.io.SafetensorsFile;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Small models that went wrong once, through encode, multiply, decode and export. */
class OnnxCasesTest {
  @TempDir private Path folder;

  private Path encode(String name) {
    Path encoded = folder.resolve(name + ".safetensors");
    CommandRun.ok("encode", "--input", resource(name + ".onnx"), "--output", encoded, "--bits", 8);
    CommandRun.ok("verify", encoded);
    return encoded;
  }

  private static Path resource(String name) {
    return EncodedProductTest.resource("cases").resolve(name);
  }

  private float[] multiply(Path encoded, String x) throws IOException {
    Path output = folder.resolve("y.npy");
    CommandRun.ok(
        "multiply", "--weights", encoded, "--input", resource(x), "--output", output, "--force");
    try (var file = NpyFile.open(output)) {
      return file.tensor().floats();
    }
  }

  @Test
  void aWeightBehindACastLiesAsItsProductSays() throws IOException {
    float[] y = multiply(encode("b4"), "x2.npy");
    assertThat(y[0]).isCloseTo(21, within(0.3f));
    assertThat(y[1]).isCloseTo(43, within(0.3f));
  }

  @Test
  void alphaIsApplied() throws IOException {
    float[] y = multiply(encode("b5"), "x4.npy");
    float[] expected = {1595.25f, 3777f, 1001.5f};
    for (int i = 0; i < expected.length; i++) {
      assertThat(y[i]).isCloseTo(expected[i], within(expected[i] / 50));
    }
  }

  @ParameterizedTest
  @CsvSource({"b2b, 2", "b12, 2", "b10, 1", "b4, 1", "b5, 1"})
  void nothingVanishesAndEveryNameComesBack(String name, int matrices) throws IOException {
    Path encoded = encode(name);
    Path decoded = folder.resolve("decoded.safetensors");
    Path exported = folder.resolve("exported.safetensors");
    CommandRun.ok("decode", "--input", encoded, "--output", decoded);
    CommandRun.ok("export", "--input", encoded, "--output", exported);
    try (var before = OnnxFile.open(resource(name + ".onnx"));
        var model = ModelFile.open(encoded);
        var after = SafetensorsFile.open(decoded)) {
      assertThat(model.matrices()).hasSize(matrices).containsOnlyKeys(before.matrices().keySet());
      assertThat(after.tensors()).containsOnlyKeys(before.tensors().keySet());
      for (NamedTensor tensor : before.tensors().values()) {
        assertThat(after.tensor(tensor.name()).shape()).isEqualTo(tensor.shape());
        if (tensor.type().isFloating()) {
          requireNear(after.tensor(tensor.name()).floats(), tensor.floats());
        }
      }
      model
          .matrices()
          .keySet()
          .forEach(matrix ->
              assertThat(List.copyOf(model.use(matrix).aliases()))
                  .allSatisfy(
                      alias -> assertThat(model.matrix(alias)).isSameAs(model.matrix(matrix))));
    }
  }

  @Test
  void anUnknownOperatorIsNamedBeforeAnythingIsEncoded() throws IOException {
    Graph graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(Models.node("MatMul", "x w", "m"), Models.node("Fancy", "m", "y")),
            OnnxTensor.of("w", List.of(2L, 2L), 1f, 2f, 3f, 4f));
    Path dense = Files.write(folder.resolve("fancy.onnx"), Models.model(17, graph).toBytes());
    Path encoded = folder.resolve("fancy.bie.safetensors");
    CommandRun.of("encode", "--input", dense, "--output", encoded)
        .requireFailure(
            1,
            dense
                + ": node Fancy -> y: operator Fancy of opset 17 is not supported; --weights-only"
                + " encodes the weights without the network");
    assertThat(encoded).doesNotExist();
    CommandRun.ok("encode", "--input", dense, "--output", encoded, "--weights-only");
    try (var file = ModelFile.open(encoded)) {
      assertThat(file.matrices()).containsOnlyKeys("w");
      assertThat(file.graph()).isNull();
    }
  }

  private static void requireNear(float[] actual, float[] expected) {
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(largest / 100));
    }
  }
}
