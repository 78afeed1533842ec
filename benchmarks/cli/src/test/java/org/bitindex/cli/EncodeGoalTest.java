package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.SafetensorsFile;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code bie encode} reaches when it is told what to reach. */
class EncodeGoalTest {
  private static final int ROWS = 64;
  private static final int COLUMNS = 300;

  @TempDir private Path folder;
  private Path dense;

  /** One matrix of Gaussian weights, and one whose few large weights need many bits. */
  @BeforeEach
  void writeWeights() throws IOException {
    var random = new Random(3);
    float[] gaussian = new float[ROWS * COLUMNS];
    float[] heavy = new float[ROWS * COLUMNS];
    for (int i = 0; i < gaussian.length; i++) {
      gaussian[i] = (float) random.nextGaussian();
      heavy[i] = (float) Math.pow(random.nextGaussian(), 3);
    }
    dense = folder.resolve("dense.safetensors");
    var writer = new SafetensorsWriter();
    writer.add("gaussian", DenseMatrix.of(ROWS, COLUMNS, gaussian));
    writer.add("heavy", DenseMatrix.of(ROWS, COLUMNS, heavy));
    writer.write(dense, IfExists.REFUSE);
  }

  private ModelFile encode(String... options) throws IOException {
    Path output = folder.resolve("encoded.safetensors");
    List<Object> arguments =
        new ArrayList<>(List.of("encode", "--input", dense, "--output", output, "--force"));
    arguments.addAll(List.of(options));
    CommandRun.ok(arguments.toArray());
    return ModelFile.open(output);
  }

  private ReconstructionError error(ModelFile file, String name) throws IOException {
    try (var original = SafetensorsFile.open(dense)) {
      return ReconstructionError.of(original.matrix(name), file.matrix(name), 1);
    }
  }

  @Test
  void bitsAWeightHoldForTheFileOrForEachMatrix() throws IOException {
    try (ModelFile file = encode("--bits-per-weight", "4")) {
      double bits =
          file.matrices().values().stream().mapToDouble(EncodedMatrix::bitsPerWeight).sum() / 2;
      assertThat(bits).isBetween(3.9, 4.0);
      // One width for both: weights of a heavy tail have less entropy.
      assertThat(file.matrix("heavy").bitsPerWeight())
          .isLessThan(file.matrix("gaussian").bitsPerWeight() - 0.2);
    }
    try (ModelFile file = encode("--bits-per-weight", "4", "--per", "matrix")) {
      for (EncodedMatrix matrix : file.matrices().values()) {
        assertThat(matrix.bitsPerWeight()).isBetween(3.9, 4.0);
      }
    }
  }

  @Test
  void errorsHoldForTheFileOrForEachMatrix() throws IOException {
    try (ModelFile file = encode("--max-error", "0.1")) {
      assertThat(error(file, "gaussian").plus(error(file, "heavy")).relativeError())
          .isBetween(0.097, 0.1);
    }
    try (ModelFile file = encode("--min-sqnr", "25", "--per", "matrix")) {
      for (String name : List.of("gaussian", "heavy")) {
        assertThat(error(file, name).sqnrDecibel()).isBetween(25.0, 25.3);
      }
    }
  }

  @Test
  void leastSquaresKeepTheBitsAndLowerTheError() throws IOException {
    double minMax;
    try (ModelFile file = encode("--bits", "3")) {
      minMax = error(file, "gaussian").relativeError();
    }
    try (ModelFile file = encode("--bits", "3", "--steps", "least-squares")) {
      assertThat(file.matrix("gaussian").code()).isEqualTo(new Code.Symmetric(3));
      assertThat(error(file, "gaussian").relativeError()).isLessThan(0.95 * minMax);
    }
  }

  @Test
  void whatDoesNotGoTogetherIsBadUsage() {
    requireRefused("--bits does not go with uniform steps", "--step", "1", "--bits", "4");
    requireRefused(
        "--min-sqnr does not go with another goal", "--max-error", "0.1", "--min-sqnr", "20");
    requireRefused("--step does not go with a goal", "--step", "1", "--max-error", "0.1");
    requireRefused("--per does not go with fixed steps", "--per", "matrix");
    requireRefused("alpha is -1.0, must be finite and above 0", "--step=-1");
    requireRefused("relative error is 0.0, must be above 0", "--max-error", "0");
    requireRefused(
        "scale mode is TENSOR, least squares fit a scale for each row",
        "--steps",
        "least-squares",
        "--scale",
        "tensor");
  }

  private void requireRefused(String message, String... options) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("encode", "--input", dense, "--output", folder.resolve("x.safetensors")));
    arguments.addAll(List.of(options));
    CommandRun.of(arguments.toArray()).requireFailure(2, message);
  }
}
