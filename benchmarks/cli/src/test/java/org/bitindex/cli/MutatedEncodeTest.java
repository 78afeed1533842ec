package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.bitindex.Fuzz;
import org.bitindex.io.GgufBuilder;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files changed in a few random bytes, on the command line: a command works and its output can be
 * read again, or it says one sentence and leaves no file.
 */
class MutatedEncodeTest {
  private static final int USUAL_CASES = 40;

  @TempDir private Path inputs;
  @TempDir private Path outputs;

  @TestFactory
  Stream<DynamicTest> encode() {
    byte[] gguf =
        new GgufBuilder()
            .tensor("blk.0.ffn_up.weight", 8, new byte[2 * 34], 32, 2)
            .tensor("blk.0.ffn_gate.weight", new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
            .build();
    byte[] smtx = "3, 4, 4\n0 2 2 4 \n0 3 1 2 \n".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        test("m.npy", resource("cases/x4.npy")),
        test("m.safetensors", resource("tiny.safetensors")),
        test("m.onnx", resource("cases/b2b.onnx")),
        test("n.onnx", resource("cases/b12.onnx")),
        test("m.smtx", smtx),
        test("m.gguf", gguf));
  }

  private DynamicTest test(String name, byte[] file) {
    return DynamicTest.dynamicTest(
        name, () -> Fuzz.run(USUAL_CASES, seed -> encode(name, file, Fuzz.random(seed))));
  }

  private void encode(String name, byte[] file, Random random) {
    Path input = write(name, Fuzz.changed(random, file));
    Path output = outputs.resolve("encoded.safetensors");
    if (works("encode", "--input", input, "--output", output, "--bits", 2)) {
      CommandRun.ok("verify", output);
      delete(output);
    }
    requireNoFiles();
  }

  @TestFactory
  Stream<DynamicTest> decodeAndExport() {
    Path encoded = inputs.resolve("valid.safetensors");
    CommandRun.ok(
        "encode", "--input", EncodedProductTest.resource("tiny.safetensors"), "--output", encoded);
    byte[] file = bytes(encoded);
    return Stream.of("decode", "export")
        .map(command ->
            DynamicTest.dynamicTest(
                command,
                () -> Fuzz.run(USUAL_CASES, seed -> run(command, file, Fuzz.random(seed)))));
  }

  private void run(String command, byte[] file, Random random) {
    Path input = write("changed.safetensors", Fuzz.changed(random, file));
    Path output = outputs.resolve("dense.safetensors");
    if (works(command, "--input", input, "--output", output)) {
      CommandRun.ok("encode", "--input", output, "--output", outputs.resolve("again.safetensors"));
      delete(output);
      delete(outputs.resolve("again.safetensors"));
    }
    requireNoFiles();
  }

  /** Whether a command worked; it must have said one sentence if it did not. */
  private static boolean works(Object... args) {
    CommandRun run = CommandRun.of(args);
    if (run.exitCode() == 0) {
      return true;
    }
    run.requireFailure(Failures.BAD_DATA, "bie: ");
    assertThat(run.err()).doesNotContain("unexpected", "Exception").hasSizeLessThan(2000);
    return false;
  }

  private void requireNoFiles() {
    try (Stream<Path> files = Files.list(outputs)) {
      assertThat(files).isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path write(String name, byte[] file) {
    try {
      return Files.write(inputs.resolve(name), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] resource(String name) {
    return bytes(EncodedProductTest.resource(name));
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
