package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.bitindex.code.Code;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.NpyFile;
import org.bitindex.io.OnnxFile;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bie encode --calibrate} and {@code --carry}, on a network of two products. */
class EncodeCalibrateTest {
  private static final int IN = 24;
  private static final int HIDDEN = 40;
  private static final int OUT = 6;
  private static final int SAMPLES = 200;

  @TempDir private Path folder;
  private Path model;
  private Path samples;
  private float[] inputs;

  /** relu(x W1 + b1) W2' + b2, on inputs of few directions. */
  @BeforeEach
  void writeModelAndSamples() throws IOException {
    var random = new Random(7);
    var graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(
                Models.node("MatMul", "x w1", "p"),
                Models.node("Add", "b1 p", "a"),
                Models.node("Relu", "a", "h"),
                Models.node("Gemm", "h w2 b2", "y", Map.of("transB", new Attribute.Int(1)))),
            OnnxTensor.of("w1", List.of((long) IN, (long) HIDDEN), gaussian(random, IN * HIDDEN)),
            OnnxTensor.of("b1", List.of((long) HIDDEN), gaussian(random, HIDDEN)),
            OnnxTensor.of("w2", List.of((long) OUT, (long) HIDDEN), gaussian(random, OUT * HIDDEN)),
            OnnxTensor.of("b2", List.of((long) OUT), gaussian(random, OUT)));
    model = folder.resolve("model.onnx");
    Files.write(model, Models.model(17, graph).toBytes());
    float[] directions = gaussian(random, 3 * IN);
    inputs = new float[SAMPLES * IN];
    for (int n = 0; n < SAMPLES; n++) {
      float[] at = gaussian(random, 3);
      for (int j = 0; j < IN; j++) {
        inputs[n * IN + j] =
            1 + at[0] * directions[j] + at[1] * directions[IN + j] + at[2] * directions[2 * IN + j];
      }
    }
    samples = folder.resolve("samples.npy");
    NpyFile.write(samples, DenseMatrix.of(SAMPLES, IN, inputs), IfExists.REFUSE);
  }

  private static float[] gaussian(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Test
  void samplesOfWhichThereAreNoneAreRefused() throws IOException {
    Path none = folder.resolve("none.npy");
    NpyFile.write(none, DenseMatrix.of(0, IN), IfExists.REFUSE);
    Path encoded = folder.resolve("encoded.safetensors");
    CommandRun.of("encode", "--input", model, "--output", encoded, "--calibrate", none)
        .requireFailure(1, "no product got a sample of --calibrate [" + none + "]");
    assertThat(encoded).doesNotExist();
  }

  private String encode(String name, Object... options) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("encode", "--input", model, "--output", folder.resolve(name), "--step", 1));
    arguments.addAll(List.of(options));
    return CommandRun.ok(arguments.toArray()).out();
  }

  /** The relative error of the outputs of an encoded file. */
  private double error(String name) throws IOException {
    double signal = 0;
    double noise = 0;
    try (var dense = OnnxFile.open(model);
        var encoded = ModelFile.open(folder.resolve(name))) {
      for (int n = 0; n < SAMPLES; n++) {
        float[] expected = run(dense::matrix, dense::tensor, n);
        float[] actual = run(encoded::matrix, encoded::tensor, n);
        for (int i = 0; i < OUT; i++) {
          signal += expected[i] * expected[i];
          noise += Math.pow(expected[i] - actual[i], 2);
        }
      }
    }
    return Math.sqrt(noise / signal);
  }

  private float[] run(
      Function<String, ? extends Weights> matrices,
      Function<String, NamedTensor> tensors,
      int sample) {
    float[] x = Arrays.copyOfRange(inputs, sample * IN, (sample + 1) * IN);
    float[] hidden = layer(matrices.apply("w1"), tensors.apply("b1").floats(), x);
    for (int i = 0; i < HIDDEN; i++) {
      hidden[i] = Math.max(0, hidden[i]);
    }
    return layer(matrices.apply("w2"), tensors.apply("b2").floats(), hidden);
  }

  private static float[] layer(Weights weights, float[] bias, float[] x) {
    float[] y = bias.clone();
    float[] row = new float[x.length];
    for (int i = 0; i < y.length; i++) {
      weights.readRow(i, row);
      for (int j = 0; j < x.length; j++) {
        y[i] += row[j] * x[j];
      }
    }
    return y;
  }

  @Test
  void calibratedOutputsAreNearer() throws IOException {
    encode("plain.bie");
    String printed = encode("calibrated.bie", "--calibrate", samples);
    assertThat(printed).contains("inputs of 2 products").contains("calibrated 2 of 2 matrices");
    assertThat(error("calibrated.bie")).isLessThan(0.6 * error("plain.bie"));
  }

  @Test
  void trainedOutputsAreNearerStill() throws IOException {
    inputs = gaussian(new Random(3), SAMPLES * IN);
    NpyFile.write(samples, DenseMatrix.of(SAMPLES, IN, inputs), IfExists.REPLACE);
    encode("calibrated.bie", "--calibrate", samples);
    String printed = encode("trained.bie", "--calibrate", samples, "--distill", 150);
    assertThat(printed).containsPattern("trained in 150 steps: .* was [0-9.]+, is [0-9.]+\n");
    assertThat(error("trained.bie")).isLessThan(0.97 * error("calibrated.bie"));
    encode("again.bie", "--calibrate", samples, "--distill", 150, "--threads", 1);
    assertThat(folder.resolve("again.bie")).hasSameBinaryContentAs(folder.resolve("trained.bie"));
  }

  /** Inputs of three directions leave nothing to gain. */
  @Test
  void trainingThatDoesNotHelpIsUndone() throws IOException {
    encode("calibrated.bie", "--calibrate", samples);
    String printed = encode("trained.bie", "--calibrate", samples, "--distill", 40);
    assertThat(printed).contains("so weights stay as they were");
    assertThat(folder.resolve("trained.bie"))
        .hasSameBinaryContentAs(folder.resolve("calibrated.bie"));
  }

  @Test
  void trainingNeedsSamplesAndDerivatives() throws IOException {
    assertThat(refusal("--distill", 5)).contains("--distill takes a number of steps");
    assertThat(refusal("--distill", -1, "--calibrate", samples))
        .contains("--distill takes a number of steps, at least 0");
    var graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(Models.node("MatMul", "x w", "p"), Models.node("Abs", "p", "y")),
            OnnxTensor.of("w", List.of((long) IN, 4L), Models.floats(1, IN * 4)));
    Files.write(model, Models.model(17, graph).toBytes());
    assertThat(refusal("--distill", 5, "--calibrate", samples))
        .contains("model.onnx: node")
        .contains("operator Abs is not trained, these are: Add, ");
  }

  /** y = x w + x v / 100: errors of v hardly matter, so w gets nearly all bytes. */
  @Test
  void bytesOfAFileGoWhereOutputsNeedThem() throws IOException {
    var random = new Random(5);
    var graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(
                Models.node("MatMul", "x w", "p"),
                Models.node("MatMul", "x v", "q"),
                Models.node("Mul", "q hundredth", "r"),
                Models.node("Add", "p r", "y")),
            OnnxTensor.of("w", List.of((long) IN, 64L), gaussian(random, IN * 64)),
            OnnxTensor.of("v", List.of((long) IN, 64L), gaussian(random, IN * 64)),
            OnnxTensor.of("hundredth", List.of(), 0.01f));
    Files.write(model, Models.model(17, graph).toBytes());
    Object[] options = {"--calibrate", samples, "--bits-per-weight", 4, "--force"};
    encodeInSteps("each.bie", List.of("--per", "matrix"), options);
    encodeInSteps("shared.bie", List.of(), options);
    try (var each = ModelFile.open(folder.resolve("each.bie"));
        var shared = ModelFile.open(folder.resolve("shared.bie"))) {
      assertThat(bytes(shared)).isLessThanOrEqualTo(1.01 * bytes(each));
      assertThat(shared.matrix("v").bytes()).isLessThan(shared.matrix("w").bytes() / 2);
    }
    Path output = folder.resolve("y.npy");
    float[] exact = infer(model, output);
    double before = difference(exact, infer(folder.resolve("each.bie"), output));
    assertThat(difference(exact, infer(folder.resolve("shared.bie"), output)))
        .isLessThan(0.7 * before);
  }

  private void encodeInSteps(String name, List<Object> per, Object... options) {
    List<Object> arguments =
        new ArrayList<>(List.of("encode", "--input", model, "--output", folder.resolve(name)));
    arguments.addAll(per);
    arguments.addAll(List.of(options));
    CommandRun.ok(arguments.toArray());
  }

  private static double bytes(ModelFile file) {
    return file.matrices().values().stream().mapToLong(EncodedMatrix::bytes).sum();
  }

  /** ||y - z|| / ||y||. */
  private static double difference(float[] y, float[] z) {
    double signal = 0;
    double noise = 0;
    for (int i = 0; i < y.length; i++) {
      signal += (double) y[i] * y[i];
      noise += Math.pow((double) y[i] - z[i], 2);
    }
    return Math.sqrt(noise / signal);
  }

  @Test
  void samplesMayBeNamedAndZipped() throws IOException {
    Path zip = folder.resolve("samples.npz");
    try (var out = new ZipOutputStream(Files.newOutputStream(zip))) {
      out.putNextEntry(new ZipEntry("x.npy"));
      out.write(Files.readAllBytes(samples));
    }
    encode("plain.bie", "--calibrate", samples);
    encode("named.bie", "--calibrate", "x=" + samples);
    encode("zipped.bie", "--calibrate", zip);
    assertThat(folder.resolve("named.bie"))
        .hasSameBinaryContentAs(folder.resolve("plain.bie"))
        .hasSameBinaryContentAs(folder.resolve("zipped.bie"));
  }

  @Test
  void whatDoesNotFitIsSaidInOneSentence() throws IOException {
    assertThat(refusal("--calibrate", "z=" + samples))
        .contains("is for none of the network's inputs");
    assertThat(refusal("--calibrate", model)).contains("not a .npy file");
    Path wrong = folder.resolve("wrong.npy");
    NpyFile.write(wrong, DenseMatrix.of(1, 2, 1, 2), IfExists.REFUSE);
    assertThat(refusal("--calibrate", wrong)).contains("model.onnx: node");
    float[] nan = inputs.clone();
    nan[3] = Float.NaN;
    NpyFile.write(wrong, DenseMatrix.of(SAMPLES, IN, nan), IfExists.REPLACE);
    assertThat(refusal("--calibrate", wrong)).contains("NaN");
  }

  private String refusal(Object... options) {
    List<Object> arguments =
        new ArrayList<>(
            List.of("encode", "--input", model, "--output", folder.resolve("no.bie"), "--step", 1));
    arguments.addAll(List.of(options));
    CommandRun run = CommandRun.of(arguments.toArray());
    assertThat(run.err().strip().lines()).hasSize(1);
    assertThat(run.exitCode()).isNotZero();
    return run.err();
  }

  @Test
  void carriedTensorsAreStoredIn16BitsOnRequest() throws IOException {
    encode("f16.bie", "--carry", "f16");
    encode("bf16.bie", "--carry", "bf16", "--calibrate", samples);
    try (var half = ModelFile.open(folder.resolve("f16.bie"));
        var brain = ModelFile.open(folder.resolve("bf16.bie"))) {
      half.verify();
      assertThat(half.tensor("b1").type()).isEqualTo(DType.F16);
      assertThat(brain.tensor("b2").type()).isEqualTo(DType.BF16);
    }
    assertThat(error("bf16.bie")).isLessThan(0.6 * error("f16.bie"));
  }

  @Test
  void embeddingsAreEncodedOnRequest() throws IOException {
    Path dense = folder.resolve("dense.safetensors");
    var random = new Random(2);
    var words = DenseMatrix.of(50, 64, gaussian(random, 50 * 64));
    var writer = new SafetensorsWriter();
    writer.add("fc.weight", DenseMatrix.of(8, 64, gaussian(random, 8 * 64)));
    writer.add("embed_tokens.weight", words);
    writer.write(dense, IfExists.REFUSE);
    Path encoded = folder.resolve("words.bie");
    CommandRun.ok("encode", "--input", dense, "--output", encoded, "--embeddings", 8);
    try (var file = ModelFile.open(encoded)) {
      EncodedMatrix matrix = file.matrix("embed_tokens.weight");
      assertThat(matrix.code()).isEqualTo(new Code.Symmetric(8));
      assertThat(ReconstructionError.of(words, matrix, 1).relativeError()).isLessThan(0.01);
      assertThat(file.matrix("fc.weight").code()).isEqualTo(new Code.Symmetric(4));
      assertThat(file.tensors()).isEmpty();
    }
    CommandRun.of("encode", "--input", dense, "--output", encoded, "--embeddings", 9, "--force")
        .requireFailure(2, "--embeddings");
  }

  @Test
  void aNetworkRunsOnEncodedEmbeddingsAndTensorsOf16Bits() throws IOException {
    var random = new Random(4);
    var graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(
                Models.node("Cast", "x", "i", Map.of("to", new Attribute.Int(7))),
                Models.node("Gather", "words i", "e"),
                Models.node("MatMul", "e w", "p"),
                Models.node("Add", "p b", "y")),
            OnnxTensor.of("words", List.of(50L, 64L), gaussian(random, 50 * 64)),
            OnnxTensor.of("w", List.of(64L, 5L), gaussian(random, 64 * 5)),
            OnnxTensor.of("b", List.of(5L), gaussian(random, 5)));
    Files.write(model, Models.model(17, graph).toBytes());
    NpyFile.write(samples, DenseMatrix.of(1, 6, 3, 0, 49, 17, 17, 8), IfExists.REPLACE);
    encode("words.bie", "--embeddings", 8, "--carry", "bf16", "--force");
    Path output = folder.resolve("y.npy");
    float[] expected = infer(model, output);
    float[] actual = infer(folder.resolve("words.bie"), output);
    assertThat(expected).hasSize(30);
    assertThat(difference(expected, actual)).isBetween(0.001, 0.4); // --step 1 alone makes 0.29
    try (var file = ModelFile.open(folder.resolve("words.bie"))) {
      assertThat(file.matrices()).containsOnlyKeys("words", "w");
      assertThat(file.tensor("b").type()).isEqualTo(DType.BF16);
    }
  }

  private float[] infer(Path network, Path output) throws IOException {
    CommandRun.ok("infer", "--model", network, "--input", samples, "--output", output, "--force");
    try (var file = NpyFile.open(output)) {
      return file.tensor().floats();
    }
  }
}
