package org.bitindex.lab.speed;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/**
 * The time to open an encoded file of about 100 MB that is in the page cache, against {@value
 * #MOST_MICROS} us, and what opening copies: bytes of heap, and growth of the process's memory that
 * is no file's (Linux).
 */
final class OpenSpeed {
  private static final double MOST_MICROS = 20_000;
  private static final int MATRICES = 25;
  private static final int ROWS = 2048;
  private static final int COLUMNS = 1024;

  private OpenSpeed() {}

  static void run() throws IOException {
    Path file = Files.createTempFile("bie", ".safetensors");
    try {
      write(file);
      Race race = Race.run(() -> open(file));
      long before = anonymousBytes();
      try (ModelFile model = ModelFile.open(file)) {
        print(file, race, anonymousBytes() - before, allMapped(model));
      }
    } finally {
      Files.delete(file);
    }
  }

  /** Positive ones of Gaussian weights, half of all, as four bytes each. */
  private static void write(Path file) throws IOException {
    var weights = DenseMatrix.of(ROWS, COLUMNS, Gaussian.values(ROWS * COLUMNS, 1));
    var encoder = new Encoder(new Code.Binary(0f), ScaleMode.ROW, new Layout.Flat());
    try (EncodedMatrix matrix = encoder.encode(weights)) {
      var writer = new ModelWriter();
      for (int i = 0; i < MATRICES; i++) {
        writer.add("weights" + i, matrix);
      }
      writer.write(file, IfExists.REPLACE);
    }
  }

  private static void open(Path file) {
    try (ModelFile model = ModelFile.open(file)) {
      if (model.matrices().size() != MATRICES) {
        throw new IllegalStateException("matrices are missing");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean allMapped(ModelFile model) {
    return model.matrices().values().stream()
        .flatMap(matrix -> matrix.planes().arrays().stream())
        .allMatch(array -> array.data().isMapped());
  }

  private static long anonymousBytes() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("RssAnon:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .sum();
  }

  private static void print(Path file, Race race, long anonymous, boolean mapped)
      throws IOException {
    System.out.printf("%n| open | us | spread | heap bytes | other memory | arrays | 20 ms |%n");
    System.out.println("| --- ".repeat(7) + "|");
    System.out.printf(
        Locale.ROOT,
        "| %.1f MB, %d matrices | %.0f | %.0f %% | %.0f | %d | %s | %s |%n",
        Files.size(file) * 1e-6,
        MATRICES,
        race.micros(0),
        100 * race.spread(0),
        race.allocatedBytes(0),
        anonymous,
        mapped ? "in the file" : "copied",
        race.micros(0) <= MOST_MICROS ? "met" : "missed");
  }
}
