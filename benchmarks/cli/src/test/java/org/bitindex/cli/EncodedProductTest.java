package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Availability;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.NpyFile;
import org.bitindex.io.SafetensorsFile;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole way of a small model, whose files make_tiny.py wrote, through the command line. */
class EncodedProductTest {
  private static final Path TINY = resource("tiny.safetensors");
  private static final Path SAMPLES = resource("samples.npy");
  private static final String MATRIX = "layer.0.weight";

  @TempDir private Path folder;

  static Path resource(String name) {
    return Path.of("src/test/resources/org/bitindex/cli", name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--encoding binary",
        "--encoding binary --density 0.3 --scale tensor --layout flat",
        "--encoding ternary --threshold 0.5 --scale none",
        "--encoding ternary --threshold=-0.5,0.7 --layout blocked --block-columns 64",
        "--mode affine --bits 3 --scale tensor",
        "--mode symmetric --bits 8 --prune 0.8 --threads 1",
        "--bits 3 --steps least-squares",
        "--step 0.3 --scale tensor",
        "--max-error 0.2 --prune 0.5",
        "--min-sqnr 20 --per matrix",
      })
  void encodeVerifyMultiplyAndDecodeAgree(String encoding) throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    Path decoded = folder.resolve("decoded.safetensors");
    List<Object> arguments = new ArrayList<>(List.of("encode", "--input", TINY));
    arguments.addAll(List.of("--output", encoded));
    arguments.addAll(List.of(encoding.split(" ")));
    CommandRun.ok(arguments.toArray());
    assertThat(CommandRun.ok("verify", encoded).out()).contains("2 matrices, 2 carried tensors");
    CommandRun.ok("decode", "--input", encoded, "--output", decoded);
    requireProduct(decoded, encoded);
  }

  @Test
  void fewerBitsOfAFileMultiplyAndDecodeAgree() throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded, "--bits", "8");
    float[] whole = multiply("scalar", encoded);
    for (String bits : List.of("2", "5")) {
      Path decoded = folder.resolve("decoded.safetensors");
      CommandRun.ok(
          "decode", "--input", encoded, "--output", decoded, "--force", "--use-bits", bits);
      assertThat(requireProduct(decoded, encoded, "--use-bits", bits)).isNotEqualTo(whole);
    }
    assertThat(multiply("scalar", encoded, "--use-bits", "8")).isEqualTo(whole);
  }

  /** Each backend's product, which all are the same bits, is near that of the decoded weights. */
  private float[] requireProduct(Path decoded, Path encoded, String... options) throws IOException {
    float[] expected;
    try (var dense = SafetensorsFile.open(decoded);
        var samples = NpyFile.open(SAMPLES)) {
      expected = product(samples.tensor().weights(), dense.matrix(MATRIX));
    }
    float[] reference = multiply("scalar", encoded, options);
    for (int i = 0; i < expected.length; i++) {
      assertThat(reference[i]).isCloseTo(expected[i], within(1e-4f));
    }
    for (String backend : backends()) {
      assertThat(multiply(backend, encoded, options)).as(backend).isEqualTo(reference);
    }
    return reference;
  }

  private float[] multiply(String backend, Path encoded, String... options) throws IOException {
    Path output = folder.resolve("output.npy");
    List<Object> words = new ArrayList<>(List.of("multiply", "--weights", encoded));
    words.addAll(List.of("--tensor", MATRIX, "--input", SAMPLES, "--output", output, "--force"));
    words.addAll(List.of("--backend", backend));
    words.addAll(List.of(options));
    CommandRun run = CommandRun.ok(words.toArray());
    boolean width = backend.startsWith("vector:");
    assertThat(run.out())
        .startsWith(width ? "vector (Vector API, 256 bits" : backend)
        .contains("5 samples x 70 -> 24 outputs");
    try (var file = NpyFile.open(output)) {
      assertThat(file.tensor().shape()).containsExactly(5L, 24L);
      return file.tensor().floats();
    }
  }

  private static List<String> backends() {
    List<String> names = new ArrayList<>();
    for (BackendProvider provider : Backends.providers()) {
      if (provider.availability() instanceof Availability.Ready ready) {
        for (Device device : ready.devices()) {
          // Without a width the reference would serve so small a product.
          String id = provider.name().equals("vector") ? "256" : device.id();
          names.add(id.isEmpty() ? provider.name() : provider.name() + ":" + id);
        }
      }
    }
    return names;
  }

  private static float[] product(Weights samples, Weights weights) {
    float[] output = new float[samples.rows() * weights.rows()];
    float[] x = new float[samples.columns()];
    float[] w = new float[weights.columns()];
    for (int n = 0; n < samples.rows(); n++) {
      samples.readRow(n, x);
      for (int i = 0; i < weights.rows(); i++) {
        weights.readRow(i, w);
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
          sum += (double) w[j] * x[j];
        }
        output[n * weights.rows() + i] = (float) sum;
      }
    }
    return output;
  }

  @Test
  void carriedTensorsComeBackUnchanged() throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    Path decoded = folder.resolve("decoded.safetensors");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded, "--tensor", "layer\\.0");
    CommandRun.ok("decode", "--input", encoded, "--output", decoded);
    try (var before = SafetensorsFile.open(TINY);
        var model = ModelFile.open(encoded);
        var after = SafetensorsFile.open(decoded)) {
      assertThat(model.matrices()).containsOnlyKeys(MATRIX);
      assertThat(after.tensors()).containsOnlyKeys(before.tensors().keySet());
      for (String name : List.of("layer.0.bias", "layer.1.weight", "steps")) {
        assertThat(after.tensor(name).type()).isEqualTo(before.tensor(name).type());
        assertThat(after.tensor(name).data().mismatch(before.tensor(name).data())).isEqualTo(-1);
      }
    }
  }

  @Test
  void npyGoesThereAndBack() throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    Path decoded = folder.resolve("decoded.npy");
    CommandRun.ok("encode", "--input", SAMPLES, "--output", encoded, "--bits", "8");
    CommandRun.ok("decode", "--input", encoded, "--output", decoded);
    try (var before = NpyFile.open(SAMPLES);
        var after = NpyFile.open(decoded)) {
      float[] expected = before.tensor().floats();
      float[] actual = after.tensor().floats();
      assertThat(actual).hasSameSizeAs(expected);
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isCloseTo(expected[i], within(0.02f));
      }
    }
  }

  @Test
  void samplesThatAreNotFiniteAreCounted() throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    Path weights = folder.resolve("w.npy");
    NpyFile.write(weights, DenseMatrix.of(2, 2, 1, 2, 3, 4), IfExists.REFUSE);
    CommandRun.ok("encode", "--input", weights, "--output", encoded);
    Path samples = folder.resolve("x.npy");
    float[] values = {1, 1, Float.NaN, 1, 1, Float.NEGATIVE_INFINITY};
    NpyFile.write(samples, DenseMatrix.of(3, 2, values), IfExists.REFUSE);
    Path product = folder.resolve("y.npy");
    CommandRun run =
        CommandRun.ok("multiply", "--weights", encoded, "--input", samples, "--output", product);
    assertThat(run.out()).contains("note: the outputs of 2 samples are NaN");
  }

  @Test
  void inspectTellsInJsonAndAsTable() throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded, "--layout", "flat");
    JsonNode root = new ObjectMapper().readTree(CommandRun.ok("inspect", encoded, "--json").out());
    JsonNode first = root.get("matrices").get(0);
    try (var model = ModelFile.open(encoded)) {
      var matrix = model.matrix(MATRIX);
      assertThat(first.get("name").asText()).isEqualTo(MATRIX);
      assertThat(first.get("shape")).hasToString("[24,70]");
      assertThat(first.get("code").asText()).isEqualTo("symmetric4");
      assertThat(first.get("layout").asText()).isEqualTo("flat");
      assertThat(first.get("bytes").asLong()).isEqualTo(matrix.bytes());
      assertThat(first.get("density").asDouble()).isEqualTo(matrix.setBits() / (6.0 * 24 * 70));
      assertThat(first.get("paperFormulaRatio").asDouble())
          .isEqualTo(24 * 70 * 32 / (64.0 * matrix.setBits()));
    }
    assertThat(root.get("carried")).hasSize(2);
    assertThat(CommandRun.ok("inspect", encoded).out())
        .contains(MATRIX, "24 x 70", "symmetric4", "flat", "total of 2", "carried tensors: 2");
  }

  @Test
  void aRatioToNothingIsNullInJson() throws IOException {
    Path encoded = folder.resolve("empty.safetensors");
    CommandRun.ok(
        "encode", "--input", TINY, "--output", encoded, "--encoding", "binary", "--threshold", 99);
    JsonNode root = new ObjectMapper().readTree(CommandRun.ok("inspect", encoded, "--json").out());
    JsonNode first = root.get("matrices").get(0);
    assertThat(first.get("density").asDouble()).isZero();
    assertThat(first.get("paperFormulaRatio").isNull()).isTrue();
  }

  @Test
  void encodingThatDoesNotPayIsPointedOut() {
    Path encoded = folder.resolve("encoded.safetensors");
    assertThat(
            CommandRun.ok(
                    "encode",
                    "--input",
                    TINY,
                    "--output",
                    encoded,
                    "--layout",
                    "flat",
                    "--bits",
                    "8")
                .out())
        .contains("note: layer.0.weight takes", "more than FP16 would");
  }

  @Test
  void forceReplacesTheOutput() throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    Files.writeString(encoded, "old");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded, "--force");
    CommandRun.ok("verify", encoded);
  }
}
