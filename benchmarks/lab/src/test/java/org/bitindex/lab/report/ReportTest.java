package org.bitindex.lab.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.bitindex.backend.Backend;
import org.bitindex.backend.scalar.ScalarBackendProvider;
import org.bitindex.baseline.Csr;
import org.bitindex.cli.measure.Environment;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.encode.ScaleMode;
import org.bitindex.lab.claims.ClaimText;
import org.bitindex.lab.evaluation.Evaluation;
import org.bitindex.lab.evaluation.EvaluationPlan;
import org.bitindex.lab.evaluation.MatrixSource;
import org.bitindex.lab.evaluation.PrecisionRecord;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.bitindex.lab.statistics.Summary;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole evaluation of tiny matrices, its figures against ones computed here directly. */
class ReportTest {
  private static final int ROWS = 48;
  private static final int COLUMNS = 40;
  private static final int RUNS = 2;
  private static final MatrixSource SOURCE =
      MatrixSource.gaussian(ROWS, COLUMNS, List.of(0.0, 0.5, 0.9));

  @TempDir private static Path folder;
  private static Results results;
  private static String markdown;

  @BeforeAll
  static void evaluate() throws IOException {
    var plan =
        new EvaluationPlan(
            List.of(SOURCE),
            RUNS,
            List.of(EvaluationPlan.BINARY, EvaluationPlan.BITPLANE, new Code.Symmetric(4)),
            Set.of(EvaluationPlan.BINARY),
            List.of(1, 3),
            List.of(24),
            new Stopwatch(Duration.ZERO, Duration.ZERO, 1));
    try (Backend backend = new ScalarBackendProvider().create("", 1)) {
      results = new Evaluation(plan, backend, () -> {}).run();
      new Report("test", Environment.here(backend.description()), results).write(folder);
    }
    markdown = Files.readString(folder.resolve("report.md"));
  }

  @Test
  void sizesAndErrorsAreThoseOfTheEncodedMatrix() {
    Weights weights = Pruning.global(SOURCE.weights().apply(1), 0.5);
    var encoder = new Encoder(EvaluationPlan.BINARY, ScaleMode.TENSOR, new Layout.Blocked(), 1);
    try (EncodedMatrix encoded = encoder.encode(weights)) {
      StorageRecord row = record("binary", "blocked", 0.5, 1);
      assertThat(row.bytes()).isEqualTo(encoded.bytes());
      assertThat(row.setBits()).isEqualTo(encoded.setBits());
      assertThat(row.nonzeros()).isEqualTo(ROWS * COLUMNS / 2);
      assertThat(row.entropyBytes()).isEqualTo(encoded.entropyBytes());
      assertThat(row.mse()).isEqualTo(ReconstructionError.of(weights, encoded, 1).mse());
      assertThat(row.formulaRatio())
          .isCloseTo(32.0 * ROWS * COLUMNS / (64.0 * encoded.setBits() + 96), within(1e-9));
      assertThat(row.tableRatio())
          .isCloseTo((double) ROWS * COLUMNS / encoded.setBits(), within(1e-9));
    }
  }

  @Test
  void reportPrintsTheMeanAndIntervalOfTheRuns() {
    double[] ratios = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      Weights weights = Pruning.global(SOURCE.weights().apply(run), 0.9);
      ratios[run] = ROWS * COLUMNS * 4.0 / new Csr(weights).bytes();
    }
    assertThat(line("| CSR |")).endsWith("| " + ClaimText.interval(Summary.of(ratios)) + " |");
  }

  @Test
  void errorsOfFewerBitsAreThoseOfTheView() {
    DenseMatrix weights = SOURCE.weights().apply(1);
    Code symmetric = new Code.Symmetric(8);
    try (EncodedMatrix stored = encode(weights, symmetric);
        EncodedMatrix own = encode(weights, new Code.Symmetric(3))) {
      List<PrecisionRecord> rows =
          results.precision("symmetric8", 3).stream()
              .filter(row -> row.run() == 1 && row.bits() == 3)
              .toList();
      assertThat(rows).hasSize(1);
      PrecisionRecord row = rows.getFirst();
      assertThat(row.relativeError()).isEqualTo(error(weights, stored.withBits(3)));
      assertThat(row.ownError()).isEqualTo(error(weights, own));
      assertThat(row.millis()).isPositive();
    }
    assertThat(results.precision("affine8", 1)).hasSize(RUNS * 8);
    assertThat(line("| gaussian | 48x40 | symmetric8 | 3 |")).isNotEmpty();
  }

  private static EncodedMatrix encode(Weights weights, Code code) {
    return new Encoder(code, ScaleMode.ROW, new Layout.Flat(), 1).encode(weights);
  }

  private static double error(Weights weights, Weights approximation) {
    return ReconstructionError.of(weights, approximation, 1).relativeError();
  }

  @Test
  void reportJudgesEveryClaim() {
    assertThat(markdown).contains("Compression of binary, 90 % sparse", "Blocked identical");
    assertThat(line("| Blocked identical")).contains("| holds |");
  }

  @Test
  void htmlHoldsEveryImageAndNeedsNoOtherFile() throws IOException {
    String html = Files.readString(folder.resolve("report.html"));
    assertThat(html.split("src=\"data:image/png;base64,", -1)).hasSize(images().size() + 1);
    assertThat(html).doesNotContain("src=\"http", "href=\"http", ".png\"");
  }

  @Test
  void imagesArePlots() throws IOException {
    assertThat(images()).hasSize(7);
    for (Path path : images()) {
      BufferedImage image = ImageIO.read(path.toFile());
      assertThat(image.getWidth()).isEqualTo(960);
    }
  }

  @Test
  void rawFilesHoldEveryRecord() throws IOException {
    JsonNode json = new JsonMapper().readTree(folder.resolve("results.json").toFile());
    assertThat(json.at("/results/storage").size()).isEqualTo(results.storage().size());
    assertThat(json.at("/environment/processors").asInt())
        .isEqualTo(Runtime.getRuntime().availableProcessors());
    List<String> csv = Files.readAllLines(folder.resolve("products.csv"));
    assertThat(csv).hasSize(results.products().size() + 1);
    assertThat(csv.getFirst()).startsWith("source,rows,columns,sparsity,run,method,kernel");
  }

  private static StorageRecord record(String method, String layout, double sparsity, int run) {
    return results.storage(method, layout).stream()
        .filter(row -> row.sparsity() == sparsity && row.run() == run)
        .findFirst()
        .orElseThrow();
  }

  private static String line(String start) {
    return markdown.lines().filter(text -> text.startsWith(start)).findFirst().orElseThrow();
  }

  private static List<Path> images() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(path -> path.toString().endsWith(".png")).toList();
    }
  }
}
