package org.bitindex.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong gives one sentence and an exit code, and leaves no file behind. */
class BadInputTest {
  private static final int BAD_DATA = 1;
  private static final int BAD_USAGE = 2;
  private static final Path TINY = EncodedProductTest.resource("tiny.safetensors");
  private static final Path SAMPLES = EncodedProductTest.resource("samples.npy");

  @TempDir private Path inputs;
  @TempDir private Path outputs;
  private Path output;
  private Path encoded;

  @BeforeEach
  void encodeTheTinyModel() {
    output = outputs.resolve("output.npy");
    encoded = inputs.resolve("encoded.safetensors");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded);
  }

  @AfterEach
  void nothingIsLeftBehind() throws IOException {
    try (Stream<Path> files = Files.list(outputs)) {
      assertThat(files).isEmpty();
    }
  }

  private CommandRun encode(Path input, Object... more) {
    Path encodedAnew = outputs.resolve("output.safetensors");
    return CommandRun.of(with(more, "encode", "--input", input, "--output", encodedAnew));
  }

  private CommandRun multiply(Path weights, Path input, Object... more) {
    return CommandRun.of(
        with(more, "multiply", "--weights", weights, "--input", input, "--output", output));
  }

  private Path write(String name, byte[] bytes) throws IOException {
    return Files.write(inputs.resolve(name), bytes);
  }

  private Path write(NamedTensor... tensors) throws IOException {
    Path path = inputs.resolve("model.safetensors");
    var writer = new SafetensorsWriter();
    List.of(tensors).forEach(writer::add);
    writer.write(path, IfExists.REPLACE);
    return path;
  }

  private Path samples(int rows, int columns) {
    Path path = inputs.resolve("x.npy");
    try {
      NpyFile.write(
          path, DenseMatrix.of(rows, columns, new float[rows * columns]), IfExists.REPLACE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--bits 9                              | bits is 9, allowed are 2 to 8",
        "--bits 1                              | bits is 1, allowed are 2 to 8",
        "--bits four                           | four",
        "--mode gaussian                       | gaussian",
        "--encoding binary --bits 2            | --bits does not go with binary",
        "--encoding ternary --mode affine      | --mode does not go with ternary",
        "--threshold 1                         | --threshold does not go with bitplane",
        "--density 0.5                         | --density does not go with bitplane",
        "--encoding binary --threshold 1,2     | --threshold has 2 values, binary takes 1",
        "--encoding binary --threshold NaN     | threshold is NaN, must be finite",
        "--encoding ternary --threshold -1     | lower is 1.0, above upper -1.0",
        "--encoding binary --density 2         | --density is 2.0, allowed are 0 to 1",
        "--encoding binary --density 0.5 --threshold 1 | --threshold does not go with --density",
        "--scale none                          | --scale none does not go with bitplane",
        "--prune 1.5                           | --prune is 1.5, allowed are 0 to 1",
        "--prune -0.5                          | --prune is -0.5, allowed are 0 to 1",
        "--layout flat --block-columns 64      | --block-columns does not go with flat",
        "--layout blocked --block-columns 63   | blockColumns is 63",
        "--layout blocked --block-columns 131072 | blockColumns is 131072",
        "--block-columns 64                    | --block-columns does not go with adaptive",
        "--layout blocked --block-rows 4       | --block-rows does not go with blocked",
        "--block-rows 0                        | --block-rows is 0, must be at least 1",
        "--threads 0                           | --threads is 0, must be at least 1",
        "--tensor (                            | --tensor ( is not a regular expression: Unclosed",
        "--colour red                          | --colour",
      })
  void wrongOptionsOfEncodeAreBadUsage(String options, String message) {
    encode(TINY, (Object[]) options.split(" ")).requireFailure(BAD_USAGE, message, "--help");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--backend abacus         | no backend is named abacus",
        "--threads -2             | --threads is -2, must be at least 1",
        "--activation-bits 25     | --activation-bits is 25, allowed are 2 to 24",
        "--activation-bits 1      | --activation-bits is 1, allowed are 2 to 24",
        "--use-bits 9             | --use-bits is 9, allowed are 1 to 8",
        "--use-bits 0             | --use-bits is 0, allowed are 1 to 8",
      })
  void wrongOptionsOfMultiplyAreBadUsage(String options, String message) {
    Object[] words =
        Stream.of("--tensor layer.0.weight", options)
            .flatMap(part -> Stream.of(part.split(" ")))
            .toArray();
    multiply(encoded, SAMPLES, words).requireFailure(BAD_USAGE, message, "--help");
  }

  @Test
  void missingAndUnknownCommandsAreBadUsage() {
    CommandRun.of("encode").requireFailure(BAD_USAGE, "--input", "--output");
    CommandRun.of("compare-devices", "--density", 2)
        .requireFailure(BAD_USAGE, "--density is 2.0, allowed are 0 to 1");
    CommandRun.of("enocde").requireFailure(BAD_USAGE, "enocde", "did you mean encode?");
    CommandRun run = CommandRun.of();
    assertThat(run.exitCode()).isEqualTo(BAD_USAGE);
    assertThat(run.err()).startsWith("Usage: bie").contains("encode", "multiply");
    CommandRun.of("decode", "--input", encoded, "--output", outputs.resolve("x.txt"))
        .requireFailure(BAD_USAGE, "x.txt does not end in .safetensors, .onnx or .npy");
  }

  @Test
  void unreadableInputsAreNamed() throws IOException {
    Path missing = inputs.resolve("missing.npy");
    encode(missing).requireFailure(BAD_DATA, missing.toString(), "no such file");
    Path text = write("weights.txt", new byte[] {1});
    encode(text)
        .requireFailure(
            BAD_DATA, text.toString(), ".safetensors, .npy, .onnx, .smtx, .gguf or .bin");
    encode(inputs).requireFailure(BAD_DATA, inputs.toString());
    multiply(encoded, missing, "--tensor", "layer.0.weight")
        .requireFailure(BAD_DATA, missing.toString(), "no such file");
    CommandRun.of("verify", TINY).requireFailure(BAD_DATA, TINY.toString());
    CommandRun.of("inspect", SAMPLES).requireFailure(BAD_DATA, SAMPLES.toString());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1 | is a git-lfs pointer",
        "<!DOCTYPE html><html>                      | is an HTML page",
        "<html><body>                               | is an HTML page",
        "'PK\u0003\u0004'                           | is a zip archive",
        "'\u001f\u008b'                             | is compressed with gzip",
        "\u0080\u0002}q                             | is a Python pickle",
        "GGUF                                       | is a GGUF file",
        "\u00ef\u00bb\u00bf1, 1, 1                   | begins with a byte order mark",
      })
  void filesOfOtherKindsAreNamed(String start, String message) throws IOException {
    for (String name : List.of("x.safetensors", "x.npy", "x.onnx", "x.smtx")) {
      Path path = write(name, start.getBytes(ISO_8859_1));
      encode(path).requireFailure(BAD_DATA, path + ": " + message);
      CommandRun.of("verify", path).requireFailure(BAD_DATA, path + ": " + message);
      CommandRun.of("infer", "--model", path, "--input", SAMPLES, "--output", output)
          .requireFailure(BAD_DATA, path + ": " + message);
    }
  }

  @Test
  void denseFilesWhereEncodedOnesBelongAreNamed() throws IOException {
    String message = TINY + ": is not an encoded model: it holds dense tensors";
    CommandRun.of("inspect", TINY).requireFailure(BAD_DATA, message);
    CommandRun.of("verify", TINY).requireFailure(BAD_DATA, message);
    multiply(TINY, SAMPLES).requireFailure(BAD_DATA, message);
    CommandRun.of("infer", "--model", TINY, "--input", SAMPLES, "--output", output)
        .requireFailure(BAD_DATA, message);
    CommandRun.of("decode", "--input", TINY, "--output", output).requireFailure(BAD_DATA, message);
    CommandRun.of("inspect", SAMPLES)
        .requireFailure(BAD_DATA, SAMPLES + ": is a dense file by its name", "'bie encode'");
    Path bom =
        write("bom.safetensors", new byte[] {5, 0, 0, 0, 0, 0, 0, 0, -17, -69, -65, 123, 125});
    encode(bom).requireFailure(BAD_DATA, "header begins with a byte order mark");
  }

  /** What the JVM throws where a page of a mapped file is gone. */
  @Test
  void filesCutShortWhileTheyAreReadAreOneSentence() {
    PrintStream before = System.err;
    var printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, ISO_8859_1));
    try {
      int exitCode =
          Main.explained(
              () -> {
                throw new InternalError("a fault occurred in an unsafe memory access operation");
              },
              "multiply",
              "--weights",
              "m.safetensors");
      assertThat(exitCode).isEqualTo(BAD_DATA);
    } finally {
      System.setErr(before);
    }
    assertThat(printed.toString(ISO_8859_1).lines())
        .containsExactly(
            "bie: a file was cut short while 'multiply --weights m.safetensors' read it"
                + " (a fault occurred in an unsafe memory access operation)");
  }

  @Test
  void truncatedFilesAreRefused() throws IOException {
    byte[] dense = Files.readAllBytes(TINY);
    byte[] model = Files.readAllBytes(encoded);
    for (int length : new int[] {0, 7, 8, 100, dense.length - 1}) {
      Path cut = write("cut.safetensors", Arrays.copyOf(dense, length));
      encode(cut).requireFailure(BAD_DATA, cut.toString());
    }
    for (int length : new int[] {0, 7, 8, 100, model.length - 1}) {
      Path cut = write("cut.safetensors", Arrays.copyOf(model, length));
      CommandRun.of("verify", cut).requireFailure(BAD_DATA, cut.toString());
    }
  }

  @Test
  void hugeHeaderLengthIsRefused() throws IOException {
    byte[] bytes = Files.readAllBytes(TINY);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, Long.MAX_VALUE);
    encode(write("huge.safetensors", bytes))
        .requireFailure(BAD_DATA, "header length is 9223372036854775807");
  }

  @Test
  void flippedBitsAreFoundBeforeAnythingIsMade() throws IOException {
    byte[] bytes = Files.readAllBytes(encoded);
    long header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).getLong();
    int data = (int) header + Long.BYTES;
    for (int at = data; at < bytes.length; at += 97) {
      bytes[at] ^= 4;
      Path flipped = write("flipped.safetensors", bytes);
      bytes[at] ^= 4;
      CommandRun.of("verify", flipped).requireFailure(BAD_DATA, flipped + "", "checksum is");
      CommandRun.of("decode", "--input", flipped, "--output", output)
          .requireFailure(BAD_DATA, "checksum is");
      multiply(flipped, SAMPLES, "--tensor", "layer.0.weight")
          .requireFailure(BAD_DATA, "checksum is");
    }
  }

  @Test
  void weightsThatAreNotFiniteAreNamed() throws IOException {
    for (float value : new float[] {Float.NaN, Float.NEGATIVE_INFINITY}) {
      Path model = write(NamedTensor.of("w", List.of(2L, 3L), 1, 2, 3, 4, value, 6));
      for (String prune : List.of("0", "0.5")) {
        encode(model, "--prune", prune)
            .requireFailure(
                BAD_DATA, model.toString(), "matrix w", "row 1", "column 1", "is " + value);
      }
    }
  }

  @Test
  void emptyMatricesAndFilesWithoutAreRefused() throws IOException {
    encode(write(NamedTensor.of("w", List.of(0L, 3L))))
        .requireFailure(
            BAD_DATA, "model.safetensors holds no weights of products, but 1 x empty tensor (w)");
    encode(write(NamedTensor.of("bias", List.of(3L), 1, 2, 3)))
        .requireFailure(BAD_DATA, "holds no weights of products, but 1 x bias (bias)");
    encode(encoded).requireFailure(BAD_DATA, "encoded.safetensors is encoded already");
    encode(TINY, "--tensor", "layer[2-9]")
        .requireFailure(BAD_DATA, "tiny.safetensors", "layer[2-9]", "layer.0.weight");
  }

  @Test
  void samplesThatDoNotFitAreRefused() throws IOException {
    Object[] matrix = {"--tensor", "layer.0.weight"};
    multiply(encoded, samples(5, 69), matrix)
        .requireFailure(BAD_DATA, "x.npy", "[5, 69]", "[batch x 70]");
    multiply(encoded, samples(0, 70), matrix)
        .requireFailure(BAD_DATA, "x.npy", "[0, 70]", "at least 1 sample");
    multiply(encoded, TINY, matrix).requireFailure(BAD_DATA, TINY.toString());
    multiply(encoded, SAMPLES).requireFailure(BAD_DATA, "has 2 matrices", "layer.1.weight");
    multiply(encoded, SAMPLES, "--tensor", "layer.9")
        .requireFailure(BAD_DATA, "encoded.safetensors", "layer.9");
  }

  @Test
  void textThatIsNotUtf8IsNamed() throws IOException {
    Path text = write("text.txt", new byte[] {(byte) 0xff, (byte) 0xfe});
    CommandRun.of("embed", "--input", text).requireFailure(BAD_DATA, text + " is not UTF-8 text");
  }

  @Test
  void filesThatAreReadAreNotReplaced() throws IOException {
    byte[] before = Files.readAllBytes(encoded);
    String message = "encoded.safetensors: it is read too; choose another name";
    CommandRun.of("encode", "--input", encoded, "--output", encoded, "--force")
        .requireFailure(BAD_DATA, message);
    CommandRun.of("decode", "--input", encoded, "--output", encoded, "--force")
        .requireFailure(BAD_DATA, message);
    CommandRun.of("export", "--input", encoded, "--output", encoded, "--force")
        .requireFailure(BAD_DATA, message);
    assertThat(encoded).hasBinaryContent(before);
    Path named = inputs.resolve("x=samples.bie.safetensors");
    Files.writeString(named, "two\nsamples");
    CommandRun.of("encode", "--input", TINY, "--calibrate", named, "--output", named, "--force")
        .requireFailure(BAD_DATA, "it is read too");
    Path plain = Files.move(named, inputs.resolve("samples.bie.safetensors"));
    CommandRun.of(
            "encode", "--input", TINY, "--calibrate", "x=" + plain, "--output", plain, "--force")
        .requireFailure(BAD_DATA, "it is read too");
    assertThat(plain).hasContent("two\nsamples");
    CommandRun.of("encode", "--input", inputs, "--output", plain, "--force")
        .requireFailure(BAD_DATA, "it is read too");
    CommandRun.of(
            "embed",
            "--input",
            plain,
            "--model",
            TINY,
            "--tokenizer",
            TINY,
            "--encoding=symmetric4",
            "--save",
            plain,
            "--force")
        .requireFailure(BAD_DATA, "it is read too");
    CommandRun.of("encode", "--input", TINY, "--output", "x.onnx")
        .requireFailure(BAD_USAGE, "x.onnx is named as a dense file", "ends in .safetensors");
  }

  @Test
  void bitsThatAFileHasNotAreRefused() throws IOException {
    Object[] matrix = {"--tensor", "layer.0.weight", "--use-bits"};
    multiply(encoded, SAMPLES, append(matrix, 5))
        .requireFailure(BAD_DATA, "encoded.safetensors: bits is 5, but no matrix has more than 4");
    multiply(encoded, SAMPLES, append(matrix, 1))
        .requireFailure(
            BAD_DATA,
            "encoded.safetensors: matrix layer.0.weight: bits is 1, allowed are 2 to the 4 of its"
                + " symmetric code");
    CommandRun.ok("encode", "--input", TINY, "--output", encoded, "--force", "--encoding=ternary");
    CommandRun.of("decode", "--input", encoded, "--output", output, "--use-bits", 1)
        .requireFailure(BAD_DATA, "bits is 1, but a ternary code has no bits to leave out");
  }

  private static Object[] append(Object[] words, Object last) {
    return Stream.concat(Stream.of(words), Stream.of(last)).toArray();
  }

  @Test
  void outputsThatCannotBeWrittenAreNamed() throws IOException {
    CommandRun.of("encode", "--input", TINY, "--output", encoded)
        .requireFailure(BAD_DATA, encoded + " exists; --force replaces it");
    assertThat(CommandRun.of("verify", encoded).exitCode()).isZero();
    for (Path bad : List.of(inputs, inputs.resolve("no/folder"), TINY.resolve("x"))) {
      CommandRun.of("encode", "--input", TINY, "--output", bad, "--force")
          .requireFailure(BAD_DATA, bad.toString());
    }
    for (Object[] force : new Object[][] {{}, {"--force"}}) {
      for (Path directory : List.of(inputs, Path.of(""))) {
        CommandRun.of(with(force, "encode", "--input", TINY, "--output", directory))
            .requireFailure(BAD_DATA, "cannot write '" + directory + "': it is a directory");
      }
    }
    Path nowhere = inputs.resolve("none").resolve("x.safetensors");
    CommandRun.of("encode", "--input", TINY, "--output", nowhere)
        .requireFailure(BAD_DATA, nowhere + ": there is no directory " + nowhere.getParent());
  }

  private static Object[] with(Object[] more, Object... words) {
    return Stream.concat(Stream.of(words), Stream.of(more)).toArray();
  }

  @Test
  void moreThanMemoryHoldsIsOneSentence() throws IOException {
    Path wide = Files.writeString(inputs.resolve("wide.smtx"), "1, 2147483647, 1 0 1 5");
    encode(wide, "--prune", "0.5")
        .requireFailure(
            BAD_DATA, wide.toString(), "matrix wide", "1 x 2147483647", "needs more memory");
  }

  @Test
  void severalMatricesDoNotFitOneNpyFile() {
    CommandRun.of("decode", "--input", encoded, "--output", output)
        .requireFailure(BAD_DATA, "has 2 matrices, a .npy file holds 1");
  }
}
