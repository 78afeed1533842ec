package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
                var random = new Random(seed * 0x9e3779b97f4a7c15L);
                byte[] file = files.get(random.nextInt(files.size())).clone();
                reader.read(change(random, file));
              });
        });
  }

  private static List<byte[]> inputs(String format) throws IOException, URISyntaxException {
    URL inputs = MutatedFilesTest.class.getResource(format + INPUTS);
    Path folder = Path.of(Objects.requireNonNull(inputs, format).toURI());
    try (Stream<Path> files = Files.list(folder)) {
      List<byte[]> contents = files.sorted().map(MutatedFilesTest::bytes).toList();
      assertThat(contents).isNotEmpty();
      return contents;
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] change(Random random, byte[] file) {
    if (random.nextInt(8) == 0) {
      return Arrays.copyOf(file, random.nextInt(2 * file.length + 1));
    }
    for (int n = 1 + random.nextInt(4); n > 0 && file.length > 0; n--) {
      // Headers come first, and are where most decisions are.
      int at = random.nextInt(random.nextBoolean() ? file.length : Math.min(file.length, 64));
      switch (random.nextInt(4)) {
        case 0 -> file[at] ^= (byte) (1 << random.nextInt(8));
        case 1 -> file[at] = (byte) random.nextInt(256);
        case 2 -> file[at] += (byte) (random.nextBoolean() ? 1 : -1);
        default -> file[at] = file[random.nextInt(file.length)];
      }
    }
    return file;
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
