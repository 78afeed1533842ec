package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.cli.advise.MadeUpCalibration;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdviseCommandTest {
  private static final int BAD_DATA = 1;
  private static final int BAD_USAGE = 2;
  private static final Path TINY = EncodedProductTest.resource("tiny.safetensors");

  @TempDir private Path folder;

  @BeforeEach
  void calibrate() throws IOException {
    MadeUpCalibration.save(folder, 1, 2);
  }

  private CommandRun advise(Path input, String... more) {
    List<Object> words = new ArrayList<>(List.of("advise", "--input", input));
    words.addAll(List.of("--cache", folder, "--threads", 1, "--batch", 2));
    words.addAll(List.of(more));
    return CommandRun.of(words.toArray());
  }

  private JsonNode json(Path input, String... more) throws IOException {
    List<String> words = new ArrayList<>(List.of(more));
    words.add("--json");
    CommandRun run = advise(input, words.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private static JsonNode candidate(JsonNode matrix, String format) {
    for (JsonNode candidate : matrix.get("candidates")) {
      if (candidate.get("format").asText().equals(format)) {
        return candidate;
      }
    }
    throw new AssertionError("no candidate is " + format);
  }

  @Test
  void everyMatrixGetsATableAndOneSentence() {
    CommandRun run = advise(TINY);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("layer.0.weight, 24 x 70:", "layer.1.weight, 7 x 24:", "SQNR of 20.0 dB")
        .contains("symmetric4", "dense FP16", "CSR")
        .doesNotContain("bias");
    assertThat(run.out().lines().filter(line -> line.endsWith(".")))
        .hasSize(2)
        .allMatch(line -> line.matches("(keep it dense|encode it|store it).*"));
    assertThat(run.out().lines().filter(line -> line.contains(" * "))).hasSize(2);
  }

  @Test
  void theWholeFileIsTotalled() throws IOException {
    assertThat(advise(TINY).out())
        .containsPattern("Together as recommended: .* smaller than FP32; .* in memory; ");
    JsonNode total = json(TINY).get("together");
    assertThat(total.get("denseBytes").asLong()).isEqualTo((24 * 70 + 7 * 24) * Float.BYTES);
    assertThat(total.get("bytes").asLong()).isBetween(1L, total.get("denseBytes").asLong());
    assertThat(total.get("memoryBytes").asLong())
        .isGreaterThanOrEqualTo(total.get("bytes").asLong());
    assertThat(total.get("seconds").asDouble()).isPositive();
  }

  @Test
  void aSweepShowsSizesMemoryAndErrorsOfTheWholeFile() throws IOException {
    JsonNode ways = json(TINY, "--sweep");
    assertThat(ways).hasSize(16);
    JsonNode first = ways.get(0);
    JsonNode last = ways.get(15);
    assertThat(first.get("weights").asDouble()).isEqualTo(24 * 70 + 7 * 24);
    assertThat(first.get("memoryBytes").asLong()).isGreaterThan(first.get("bytes").asLong());
    assertThat(last.get("sparsity").asDouble()).isEqualTo(0.9);
    assertThat(last.get("relativeError").asDouble())
        .isGreaterThan(ways.get(3).get("relativeError").asDouble());
    assertThat(advise(TINY, "--sweep").out()).contains("2 matrices", "rel. error", "90.0 %");
  }

  @Test
  void sizesAndErrorsAreThoseOfTheEncodedFile() throws IOException {
    Path encoded = folder.resolve("encoded.safetensors");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded);
    JsonNode inspected =
        new ObjectMapper().readTree(CommandRun.ok("inspect", encoded, "--json").out());
    JsonNode advice = json(TINY, "--tensor", "layer.0", "--min-sqnr", "10");
    assertThat(advice.get("minSqnrDecibel").asDouble()).isEqualTo(10);
    assertThat(advice.get("batch").asInt()).isEqualTo(2);
    assertThat(advice.get("matrices")).hasSize(1);
    JsonNode matrix = advice.get("matrices").get(0);
    JsonNode four = candidate(matrix, "symmetric4");
    assertThat(four.get("bytes")).isEqualTo(inspected.get("matrices").get(0).get("bytes"));
    assertThat(four.get("encodeOptions").asText()).isEqualTo("--bits 4");
    assertThat(four.get("predictedSeconds").asDouble())
        .isCloseTo(24 * 70 * 1e-6, withinPercentage(1));
    assertThat(candidate(matrix, "dense FP32").get("sqnrDecibel").isNull()).isTrue();
    assertThat(candidate(matrix, "dense FP32").get("measuredSeconds").asDouble()).isPositive();
    assertThat(candidate(matrix, "symmetric8").get("relativeError").asDouble())
        .isLessThan(four.get("relativeError").asDouble() / 10);
    assertThat(matrix.get("recommendation").asText()).contains(matrix.get("recommended").asText());
  }

  @Test
  void exactWeightsAreKeptDense() throws IOException {
    JsonNode advice = json(TINY, "--max-error", "0");
    assertThat(advice.get("minSqnrDecibel").isNull()).isTrue();
    for (JsonNode matrix : advice.get("matrices")) {
      assertThat(matrix.get("keepDense").asBoolean()).isTrue();
    }
    // The second matrix is stored as FP16, which therefore loses nothing.
    assertThat(advice.get("matrices").get(1).get("recommended").asText()).startsWith("dense");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--max-error 0.1 --min-sqnr 20  | --min-sqnr does not go with --max-error",
        "--max-error -0.1               | --max-error is -0.1, must be at least 0",
        "--max-error NaN                | --max-error is NaN, must be at least 0",
        "--min-sqnr NaN                 | --min-sqnr is NaN",
        "--batch 0                      | --batch is 0, allowed are 1 to 1048576",
        "--check                        | --input does not go with --check",
        "--tensor (                     | --tensor",
      })
  void wrongOptionsAreBadUsage(String options, String message) {
    String[] words = options.split(" ");
    List<Object> all = new ArrayList<>(List.of("advise", "--input", TINY));
    all.addAll(List.of(words));
    CommandRun.of(all.toArray()).requireFailure(BAD_USAGE, message, "--help");
  }

  @Test
  void missingInputIsBadUsage() {
    CommandRun.of("advise").requireFailure(BAD_USAGE, "--input is missing");
    CommandRun.of("advise", "--input", TINY, "--threads", 0)
        .requireFailure(BAD_USAGE, "--threads is 0");
  }

  @Test
  void filesWithoutAMatrixToAdviseOnAreRefused() throws IOException {
    advise(TINY, "--tensor", "layer.9")
        .requireFailure(BAD_DATA, TINY.toString(), "layer.9", "layer.0.weight");
    Path encoded = folder.resolve("encoded.safetensors");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded);
    advise(encoded).requireFailure(BAD_DATA, encoded + " is encoded already");
    Path missing = folder.resolve("missing.npy");
    advise(missing).requireFailure(BAD_DATA, missing.toString(), "no such file");
    Path empty = folder.resolve("empty.safetensors");
    new SafetensorsWriter().add(NamedTensor.of("w", List.of(3L, 0L))).write(empty, IfExists.REFUSE);
    advise(empty, "--json")
        .requireFailure(BAD_DATA, "no weights of products, but 1 x empty tensor (w)");
    Path nan = folder.resolve("nan.npy");
    NpyFile.write(nan, DenseMatrix.of(1, 2, 1, Float.NaN), IfExists.REFUSE);
    advise(nan, "--json").requireFailure(BAD_DATA, "nan.npy", "row 0", "column 1", "NaN");
  }

  @Test
  void matrixOfZerosIsNoTrouble() throws IOException {
    Path zeros = folder.resolve("zeros.npy");
    NpyFile.write(zeros, DenseMatrix.of(3, 5, new float[15]), IfExists.REFUSE);
    assertThat(json(zeros).get("matrices").get(0).get("candidates")).hasSize(22);
  }
}
