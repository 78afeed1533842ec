package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.io.NpzFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.nn.Sequential;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class InferCommandTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void writeFiles() throws IOException {
    DenseMatrix weights = DenseMatrix.of(2, 3, 1, 0, -1, 0, 2, 7);
    try (EncodedMatrix encoded =
        new Encoder(new Code.Symmetric(4), ScaleMode.TENSOR, new Layout.Adaptive(), 1)
            .encode(weights)) {
      var layer = new Linear(encoded, new float[] {0.5f, 0}, Activation.NONE);
      new Sequential(List.of(layer)).write(folder.resolve("model.safetensors"), IfExists.REFUSE);
    }
    // Small integers whose maximum is no power of two multiply exactly.
    write("input", DenseMatrix.of(2, 3, 1, 3, 0, 3, 1, 0));
    write("labels", DenseMatrix.of(2, 1, 1, 1));
  }

  private void write(String name, DenseMatrix matrix) throws IOException {
    NpyFile.write(folder.resolve(name + ".npy"), matrix, IfExists.REPLACE);
  }

  private int infer(String input, String... more) {
    CommandLine commandLine = Main.commandLine();
    commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
    String[] arguments = {
      "infer",
      "--model=" + folder.resolve("model.safetensors"),
      "--input=" + folder.resolve(input),
      "--output=" + folder.resolve("logits.npy")
    };
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(more));
    return commandLine.execute(all.toArray(String[]::new));
  }

  @Test
  void outputsAndAccuracyAreThoseOfTheNetwork() throws IOException {
    assertThat(infer("input.npy", "--labels=" + folder.resolve("labels.npy"))).isZero();
    try (NpyFile logits = NpyFile.open(folder.resolve("logits.npy"))) {
      assertThat(logits.tensor().shape()).containsExactly(2L, 2L);
      assertThat(logits.tensor().floats()).containsExactly(1.5f, 6, 3.5f, 2);
    }
    assertThat(out.toString()).startsWith("2 samples in ").contains("accuracy 50.00 %");
    assertThat(err.toString()).isEmpty();
  }

  /** y = x w + b and z = 2 b, of two inputs whose first dimension is not a batch by name. */
  private Path writeTwoInputs() throws IOException {
    Graph graph =
        Models.graph(
            List.of("x", "b"),
            List.of("y", "z"),
            List.of(
                Models.node("MatMul", "x w", "m"),
                Models.node("Add", "m b", "y"),
                Models.node("Add", "b b", "z")),
            OnnxTensor.of("w", List.of(3L, 2L), 1f, 0f, 0f, 2f, -1f, 7f));
    Path onnx = folder.resolve("two.onnx");
    return Files.write(onnx, Models.model(17, graph).toBytes());
  }

  @Test
  void severalInputsAndOutputsGoByName() throws IOException {
    Path onnx = writeTwoInputs();
    Path encoded = folder.resolve("two.bie.safetensors");
    CommandRun.ok("encode", "--input", onnx, "--output", encoded, "--bits", 4);
    write("b", DenseMatrix.of(1, 2, 10, 20));
    Path outputs = folder.resolve("outputs.npz");
    String x = "x=" + folder.resolve("input.npy");
    String b = "b=" + folder.resolve("b.npy");
    CommandRun run =
        CommandRun.ok(
            "infer",
            "--model",
            encoded,
            "--input",
            x,
            "--input",
            b,
            "--output",
            outputs,
            "--compare",
            onnx);
    assertThat(run.out()).contains("two.bie.safetensors", "two.onnx", "1.0000000", "100.0 %");
    var arrays = NpzFile.read(outputs);
    assertThat(arrays.keySet()).containsExactly("y", "z");
    assertThat(arrays.firstEntry().getValue().floats())
        .containsExactly(new float[] {11, 26, 13, 22}, within(0.01f));
    assertThat(arrays.lastEntry().getValue().floats()).containsExactly(20, 40);
    // What was written is read: b of one file, x of another.
    Path inputs = folder.resolve("inputs.npz");
    NpzFile.write(inputs, List.of(NamedTensor.of("b", List.of(2L), 10, 20)), IfExists.REFUSE);
    CommandRun.ok(
        "infer", "--model", onnx, "--input", x, "--input", inputs, "--output", outputs, "--force");
    assertThat(NpzFile.read(outputs).firstEntry().getValue().floats())
        .containsExactly(new float[] {11, 26, 13, 22}, within(0.01f));
    CommandRun.of("infer", "--model", onnx, "--input", x, "--output", folder.resolve("o.npz"))
        .requireFailure(1, "there is no --input for b of the network's inputs x FLOAT, b FLOAT");
    CommandRun.of(
            "infer",
            "--model",
            onnx,
            "--input",
            x,
            "--input",
            b,
            "--output",
            folder.resolve("o.npy"))
        .requireFailure(1, "the network has 2 outputs, which --output FILE.npz takes");
    CommandRun.of(
            "infer",
            "--model",
            onnx,
            "--input",
            folder.resolve("input.npy"),
            "--input",
            b,
            "--output",
            folder.resolve("o.npz"))
        .requireFailure(1, "input.npy is for none of the network's inputs", "write NAME=FILE");
  }

  @Test
  void manySamplesAreRunInBatches() throws IOException {
    float[] samples = new float[700 * 3];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = i % 31;
    }
    write("many", DenseMatrix.of(700, 3, samples));
    assertThat(infer("many.npy")).isZero();
    try (NpyFile logits = NpyFile.open(folder.resolve("logits.npy"))) {
      assertThat(logits.tensor().shape()).containsExactly(700L, 2L);
      float[] y = logits.tensor().floats();
      for (int n = 0; n < 700; n += 233) {
        write("input", DenseMatrix.of(1, 3, Arrays.copyOfRange(samples, 3 * n, 3 * n + 3)));
        assertThat(infer("input.npy", "--force")).isZero();
        try (NpyFile one = NpyFile.open(folder.resolve("logits.npy"))) {
          assertThat(one.tensor().floats()).containsExactly(y[2 * n], y[2 * n + 1]);
        }
      }
    }
  }

  @Test
  void fewerBitsLeaveOutTheRest() throws IOException {
    requireSentence("input.npy", "bits is 5, but no matrix has more than 4", "--use-bits=5");
    assertThat(infer("input.npy", "--use-bits=3")).isZero();
    try (NpyFile logits = NpyFile.open(folder.resolve("logits.npy"))) {
      // Without the lowest bit 1, 2 and 7 are 0, 1 and 3, best times (2 + 21) / (1 + 9).
      assertThat(logits.tensor().floats()).containsExactly(0.5f, 3 * 2.3f, 0.5f, 2.3f);
    }
  }

  @Test
  void anExistingOutputIsKeptUnlessForced() throws IOException {
    Files.writeString(folder.resolve("logits.npy"), "precious");
    assertThat(infer("input.npy")).isEqualTo(1);
    assertThat(folder.resolve("logits.npy")).hasContent("precious");
    assertThat(infer("input.npy", "--force")).isZero();
  }

  @Test
  void aMissingEngineIsOneSentenceThatSaysHowToGetIt() {
    requireUsage("./setup.sh bie infer --engine spark", "--engine=spark");
    requireUsage("--engine is flink, there are local and spark", "--engine=flink");
    requireUsage("need --engine spark", "--master=local[2]");
  }

  private void requireUsage(String message, String... more) {
    err.getBuffer().setLength(0);
    assertThat(infer("input.npy", more)).isEqualTo(2);
    assertThat(err.toString()).startsWith("bie: ").contains(message);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @Test
  void badInputIsOneSentence() throws IOException {
    write("wide", DenseMatrix.of(1, 4, 1, 2, 3, 4));
    requireSentence("wide.npy", "input input is FLOAT[1, 4], expected FLOAT[batch, 3]");
    write("empty", DenseMatrix.of(0, 3));
    requireSentence("empty.npy", "empty.npy holds no samples");
    requireSentence("missing.npy", "missing.npy");
    write("labels", DenseMatrix.of(1, 1, 0));
    requireSentence(
        "input.npy",
        "labels.npy holds 1 label for 2 samples",
        "--labels=" + folder.resolve("labels.npy"));
  }

  @Test
  void inputsOfNoNameAndDamagedArchivesAreOneSentence() throws IOException {
    requireSentence(
        "input.npy", "--input z=1.npy is for none of the network's inputs", "--input=z=1.npy");
    byte[] cut = new byte[40];
    ByteBuffer.wrap(cut).order(ByteOrder.LITTLE_ENDIAN).putInt(0x04034b50).putShort(26, (short) 99);
    Files.write(folder.resolve("cut.npz"), cut);
    requireSentence("cut.npz", "cut.npz: is a damaged zip archive");
    Path itself = folder.resolve("input.npy");
    err.getBuffer().setLength(0);
    CommandRun.of(
            "infer",
            "--model",
            folder.resolve("model.safetensors"),
            "--input",
            itself,
            "--output",
            itself,
            "--force")
        .requireFailure(1, "input.npy: it is read too");
    Files.write(
        folder.resolve("wide.onnx"),
        Models.model(
                17,
                Models.graph(
                    List.of("x"),
                    List.of("y"),
                    List.of(Models.node("MatMul", "x w", "y")),
                    OnnxTensor.of("w", List.of(1L, 2L), 1f, 0f)))
            .toBytes());
    err.getBuffer().setLength(0);
    Path wide = folder.resolve("wide.onnx");
    assertThat(infer("input.npy", "--compare=" + wide)).isEqualTo(1);
    assertThat(err.toString()).contains("--compare " + wide + ": ").hasLineCount(1);
  }

  /** The input fits no network here, so what is refused first was looked at before the run. */
  @Test
  void labelsAndComparedNetworksAreCheckedBeforeTheRun() throws IOException {
    write("wide", DenseMatrix.of(1, 4, 1, 2, 3, 4));
    requireSentence(
        "wide.npy",
        "labels.npy holds 2 labels for 1 sample",
        "--labels=" + folder.resolve("labels.npy"));
    requireSentence("wide.npy", "missing.npy", "--labels=" + folder.resolve("missing.npy"));
    requireSentence("wide.npy", "missing.onnx", "--compare=" + folder.resolve("missing.onnx"));
    requireSentence(
        "wide.npy",
        "two.onnx: only one of the two networks has the input x, the other has input",
        "--compare=" + writeTwoInputs());
  }

  @Test
  void valuesThatTheNetworksTypeDoesNotHoldAreRefused() throws IOException {
    byte[] bytes = new byte[3 * Double.BYTES];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putDouble(8, 1e300);
    var doubles = new NamedTensor("x", DType.F64, List.of(1L, 3L), MemorySegment.ofArray(bytes));
    NpyFile.write(folder.resolve("doubles.npy"), doubles, IfExists.REPLACE);
    requireSentence("doubles.npy", "input input: element 1 is 1.0E300, which FLOAT does not hold");
    Path onnx = writeCast();
    for (long value : new long[] {-1, 1L << 31, -1L << 31}) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(16, value).putLong(8, 7);
      DType type = value == -1 ? DType.U64 : DType.I64;
      NpyFile.write(
          folder.resolve("longs.npy"),
          new NamedTensor("x", type, List.of(1L, 3L), MemorySegment.ofArray(bytes)),
          IfExists.REPLACE);
      Object[] command = {
        "infer",
        "--model",
        onnx,
        "--input",
        folder.resolve("longs.npy"),
        "--output",
        folder.resolve("cast.npy")
      };
      if (value == -1L << 31) {
        CommandRun.ok(command);
      } else {
        String shown = value == -1 ? "18446744073709551615" : "2147483648";
        CommandRun.of(command)
            .requireFailure(1, "input x: element 2 is " + shown + ", which INT32 does not hold");
      }
    }
  }

  /** y = float(x), x being INT32. */
  private Path writeCast() throws IOException {
    Node cast =
        Models.node("Cast", "x", "y", Map.of("to", new Attribute.Int(DataType.FLOAT.number())));
    Graph floats = Models.graph(List.of("x"), List.of("y"), List.of(cast));
    Graph graph =
        new Graph(
            "g",
            floats.nodes(),
            List.of(new ValueInfo("x", ValueType.tensor(DataType.INT32, -1, 3))),
            floats.outputs(),
            List.of(),
            floats.initializers(),
            floats.sparseInitializers());
    return Files.write(folder.resolve("cast.onnx"), Models.model(17, graph).toBytes());
  }

  @Test
  void whatSparkDoesNotDoIsRefusedThere() {
    for (String option : List.of("--labels=labels.npy", "--compare=model.onnx", "--use-bits=2")) {
      requireUsage(
          "--compare, --labels, --use-bits and a second --input need --engine local",
          "--engine=spark",
          option);
    }
  }

  @Test
  void labelsOfNoSamplesAreRefused() throws IOException {
    Graph graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(Models.node("MatMul", "x w", "y")),
            OnnxTensor.of("w", List.of(3L, 2L), 1f, 0f, 0f, 2f, -1f, 7f));
    Path onnx = folder.resolve("none.onnx");
    Files.write(onnx, Models.model(17, graph).toBytes());
    write("none", DenseMatrix.of(0, 3));
    Path labels = folder.resolve("no-labels.npy");
    NpyFile.write(labels, DenseMatrix.of(0, 1), IfExists.REFUSE);
    CommandRun.of(
            "infer",
            "--model",
            onnx,
            "--input",
            folder.resolve("none.npy"),
            "--output",
            folder.resolve("y.npy"),
            "--labels",
            labels)
        .requireFailure(1, "there are no samples that --labels could be of");
  }

  @Test
  void labelsThatAreNoClassAreRefusedAndNoneIsRounded() throws IOException {
    requireLabel("2.0 for sample 1", "<f4", 0f, 2f);
    requireLabel("NaN for sample 0", "<f4", Float.NaN, 1f);
    requireLabel("0.5 for sample 1", "<f4", 1f, 0.5f);
    requireLabel("-1.0 for sample 0", "<f4", -1f, 0f);
    requireLabel("Infinity for sample 0", "<f4", Float.POSITIVE_INFINITY, 0f);
    requireLabel("18446744073709551615 for sample 1", "<u8", 1L, -1L);
    requireLabel("-1 for sample 1", "<i8", 1L, -1L);
    requireLabel("4294967296 for sample 0", "<i8", 1L << 32, 0L);
    writeLabels("<u8", 1L, 1L);
    assertThat(infer("input.npy", "--labels=" + folder.resolve("labels.npy"))).isZero();
    assertThat(out.toString()).contains("accuracy 50.00 %" + System.lineSeparator());
  }

  private void requireLabel(String label, String type, Number... labels) throws IOException {
    writeLabels(type, labels);
    requireSentence(
        "input.npy",
        "labels.npy holds label " + label + ", the network has classes 0 to 1",
        "--labels=" + folder.resolve("labels.npy"));
  }

  private void writeLabels(String type, Number... labels) throws IOException {
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%d,), }".formatted(type, labels.length);
    ByteBuffer bytes = ByteBuffer.allocate(128 + 8 * labels.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put("\u0093NUMPY\1\0".getBytes(StandardCharsets.ISO_8859_1)).putShort((short) 118);
    bytes.put("%-117s\n".formatted(header).getBytes(StandardCharsets.US_ASCII));
    for (Number label : labels) {
      if (label instanceof Float value) {
        bytes.putFloat(value);
      } else {
        bytes.putLong(label.longValue());
      }
    }
    Files.write(folder.resolve("labels.npy"), Arrays.copyOf(bytes.array(), bytes.position()));
  }

  @Test
  void outputsThatAreNaNBelongToNoClass() throws IOException {
    write("input", DenseMatrix.of(2, 3, 1, Float.NaN, 0, 1, 3, 0));
    write("labels", DenseMatrix.of(2, 1, 0, 1));
    assertThat(infer("input.npy", "--labels=" + folder.resolve("labels.npy"))).isZero();
    assertThat(out.toString())
        .contains("accuracy 50.00 %; samples with NaN outputs, which count as wrong: 1");
  }

  private void requireSentence(String input, String message, String... more) {
    err.getBuffer().setLength(0);
    assertThat(infer(input, more)).isEqualTo(1);
    assertThat(err.toString()).startsWith("bie: ").contains(message);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(folder.resolve("logits.npy")).doesNotExist();
  }
}
