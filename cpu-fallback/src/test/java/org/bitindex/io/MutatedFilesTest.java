package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;
import org.bitindex.EncodedFormatException;
import org.bitindex.Fuzz;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * The inputs of the Jazzer tests, each changed in a few random bytes: read in full or refused in
 * one sentence. Jazzer itself replays them as they are in a usual run.
 */
class MutatedFilesTest {
  private static final int USUAL_CASES = 400;
  private static final String INPUTS = "FuzzTestInputs/anyBytesAreReadOrRefused";

  /** Reads any bytes. */
  @FunctionalInterface
  private interface Reader {
    void read(byte[] data);
  }

  @TestFactory
  Stream<DynamicTest> changedFilesAreReadOrRefused() {
    return Stream.of(
        test("Gguf", data -> FuzzHarness.readDense(data, GgufFile::new)),
        test("Npy", data -> FuzzHarness.readDense(data, NpyFile::new)),
        test("Onnx", data -> FuzzHarness.readDense(data, OnnxFile::new)),
        test("Safetensors", data -> FuzzHarness.readDense(data, SafetensorsFile::new)),
        test("Smtx", data -> FuzzHarness.readDense(data, SmtxFile::new)),
        test("Model", MutatedFilesTest::readModel));
  }

  private static DynamicTest test(String format, Reader reader) {
    return DynamicTest.dynamicTest(
        format,
        () -> {
          List<byte[]> files = inputs(format);
          Fuzz.run(
              USUAL_CASES,
              seed -> {
                Random random = Fuzz.random(seed);
                byte[] file = files.get(random.nextInt(files.size()));
                reader.read(Fuzz.changed(random, file));
              });
        });
  }

  private static List<byte[]> inputs(String format) throws IOException, URISyntaxException {
    if (format.equals("Gguf")) {
      return List.of(gguf());
    }
    URL inputs = MutatedFilesTest.class.getResource(format + INPUTS);
    Path folder = Path.of(Objects.requireNonNull(inputs, format).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      List<byte[]> contents = files.sorted().map(MutatedFilesTest::bytes).toList();
      assertThat(contents).isNotEmpty();
      return contents;
    }
  }

  private static byte[] gguf() {
    return new GgufBuilder()
        .put("general.architecture", "llama")
        .put("llama.block_count", 1)
        .putFloats("llama.some", 1f, 2f)
        .putTexts("tokenizer.ggml.tokens", List.of("a", "bc"))
        .tensor("token_embd.weight", new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
        .tensor("blk.0.ffn_up.weight", 8, new byte[2 * 34], 32, 2)
        .tensor("blk.0.ffn_down.weight", 12, new byte[144], 256, 1)
        .build();
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readModel(byte[] data) {
    try (ModelFile file = new ModelFile(FuzzHarness.mapped(data))) {
      file.verify();
      file.matrices().values().forEach(FuzzHarness::readRows);
    } catch (EncodedFormatException e) {
      FuzzHarness.requireOneSentence(e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
