package org.bitindex.lab.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.bitindex.cli.text.Figures;
import org.bitindex.lab.claims.ClaimText;
import org.bitindex.lab.evaluation.MeasuredRecord;
import org.bitindex.lab.evaluation.PrecisionRecord;
import org.bitindex.lab.evaluation.ProductRecord;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.bitindex.lab.evaluation.TestMatrix;
import org.bitindex.lab.statistics.MeanRatio;

/** The tables of a report: methods down, sparsities or batches across, mean ± 95 % interval. */
final class Tables {
  private Tables() {}

  /** A figure of what is stored, for each method and layout. */
  static String storage(Results results, ToDoubleFunction<StorageRecord> figure) {
    return bySparsity(results.storage(), Tables::name, results, figure);
  }

  /** The same, for one layout of each code only: for figures that no layout changes. */
  static String values(Results results, ToDoubleFunction<StorageRecord> figure) {
    List<StorageRecord> rows =
        results.storage().stream()
            .filter(row -> !row.layout().equals("blocked") && !row.layout().equals("adaptive"))
            .toList();
    return bySparsity(rows, StorageRecord::method, results, figure);
  }

  /** A figure of the products at one batch. */
  static String products(Results results, int batch, ToDoubleFunction<ProductRecord> figure) {
    List<ProductRecord> rows =
        results.products().stream().filter(row -> row.batch() == batch).toList();
    return bySparsity(rows, Tables::name, results, figure);
  }

  private static <T extends MeasuredRecord> String bySparsity(
      List<T> rows, Function<T, String> name, Results results, ToDoubleFunction<T> figure) {
    List<Double> sparsities = results.sparsities();
    List<String> headers = new ArrayList<>(List.of("method"));
    sparsities.forEach(sparsity -> headers.add(ClaimText.percent(sparsity)));
    var table = MarkdownTable.ofNumbers(headers);
    Map<String, List<T>> methods =
        rows.stream().collect(Collectors.groupingBy(name, LinkedHashMap::new, Collectors.toList()));
    methods.forEach((method, of) -> {
      List<String> cells = new ArrayList<>(List.of(method));
      for (double sparsity : sparsities) {
        List<T> cell = of.stream().filter(row -> row.sparsity() == sparsity).toList();
        cells.add(cell.isEmpty() ? "-" : ClaimText.interval(Results.summary(cell, figure)));
      }
      table.add(cells);
    });
    return table.toString();
  }

  private static String name(StorageRecord row) {
    return row.layout().equals(StorageRecord.BASELINE)
        ? row.method()
        : row.method() + ", " + row.layout();
  }

  private static String name(ProductRecord row) {
    return switch (row.kernel()) {
      case StorageRecord.BASELINE -> row.method();
      case ProductRecord.BACKEND -> row.method() + ", " + row.activationBits() + "-bit activations";
      default -> row.method() + ", " + row.kernel();
    };
  }

  /**
   * Time of a baseline over the time of each code, with the p-value: above 1 the code is faster.
   */
  static String speedUps(Results results, String baseline, int activationBits) {
    List<String> headers = new ArrayList<>(List.of("code", "sparsity"));
    results.batches().forEach(batch -> headers.add("batch " + batch));
    var table = MarkdownTable.ofNumbers(headers);
    List<String> codes =
        results.products().stream()
            .filter(row -> row.kernel().equals(ProductRecord.BACKEND))
            .map(ProductRecord::method)
            .distinct()
            .toList();
    for (String code : codes) {
      for (double sparsity : results.sparsities()) {
        Results at = results.of(key -> key.sparsity() == sparsity);
        List<String> cells = new ArrayList<>(List.of(code, ClaimText.percent(sparsity)));
        for (int batch : results.batches()) {
          cells.add(
              comparison(
                  at.products(baseline, StorageRecord.BASELINE, 0, batch),
                  at.products(code, ProductRecord.BACKEND, activationBits, batch)));
        }
        table.add(cells);
      }
    }
    return table.toString();
  }

  private static String comparison(List<ProductRecord> baseline, List<ProductRecord> code) {
    MeanRatio means =
        MeanRatio.of(
            Results.values(baseline, ProductRecord::millis),
            Results.values(code, ProductRecord::millis));
    return Figures.number(means.ratio()) + "x (" + ClaimText.pValue(means.pValue()) + ")";
  }

  /** Size, error and time at the first and the last batch of matrices that are not Gaussian. */
  static String realWeights(Results results, List<String> methods) {
    var table =
        MarkdownTable.ofNumbers(
            List.of(
                "matrix",
                "shape",
                "sparsity",
                "method",
                "ratio",
                "over entropy",
                "relative error",
                "encoding ms",
                "product ms, batch " + results.batches().getFirst(),
                "batch " + results.batches().getLast()));
    for (TestMatrix.Key key : results.keys()) {
      Results at = results.of(key::equals);
      for (String method : methods) {
        List<StorageRecord> stored =
            at.storage().stream()
                .filter(row -> row.method().equals(method))
                .filter(row ->
                    row.layout().equals("adaptive") || row.layout().equals(StorageRecord.BASELINE))
                .toList();
        table.add(
            key.source(),
            key.shape(),
            ClaimText.percent(key.sparsity()),
            method,
            interval(stored, StorageRecord::storedRatio),
            interval(stored, row -> row.bytes() / row.entropyBytes()),
            interval(stored, StorageRecord::relativeError),
            interval(stored, StorageRecord::encodeMillis),
            interval(fullProducts(at, method, results.batches().getFirst()), ProductRecord::millis),
            interval(fullProducts(at, method, results.batches().getLast()), ProductRecord::millis));
      }
    }
    return table.toString();
  }

  /** Error and time against the bits used of one encoded matrix. */
  static String precision(Results results) {
    int first = results.batches().getFirst();
    int last = results.batches().getLast();
    var table =
        MarkdownTable.ofNumbers(
            List.of(
                "matrix",
                "shape",
                "stored",
                "bits used",
                "relative error",
                "code of so many bits",
                "fit ms",
                "product ms, batch " + first,
                "batch " + last));
    results
        .precision()
        .forEach(row -> {
          if (row.run() == 0 && row.batch() == first) {
            List<PrecisionRecord> runs = precision(results, row, first);
            table.add(
                row.source(),
                row.key().shape(),
                row.method(),
                Integer.toString(row.bits()),
                interval(runs, PrecisionRecord::relativeError),
                interval(runs, PrecisionRecord::ownError),
                interval(runs, PrecisionRecord::viewMillis),
                interval(runs, PrecisionRecord::millis),
                interval(precision(results, row, last), PrecisionRecord::millis));
          }
        });
    return table.toString();
  }

  private static List<PrecisionRecord> precision(Results results, PrecisionRecord like, int batch) {
    return results.of(like.key()::equals).precision(like.method(), batch).stream()
        .filter(row -> row.bits() == like.bits())
        .toList();
  }

  /** Products with the most activation bits, or of a baseline. */
  private static List<ProductRecord> fullProducts(Results results, String method, int batch) {
    return results.products().stream()
        .filter(row -> row.method().equals(method) && row.batch() == batch)
        .filter(row -> row.activationBits() != 8 && !row.kernel().startsWith("stored"))
        .toList();
  }

  private static <T> String interval(List<T> rows, ToDoubleFunction<T> figure) {
    return rows.isEmpty() || Double.isNaN(figure.applyAsDouble(rows.getFirst()))
        ? "-"
        : ClaimText.interval(Results.summary(rows, figure));
  }
}
