package org.bitindex.lab.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.bitindex.backend.Arithmetic;
import org.bitindex.lab.evaluation.MeasuredRecord;
import org.bitindex.lab.evaluation.PrecisionRecord;
import org.bitindex.lab.evaluation.ProductRecord;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.bitindex.lab.evaluation.TestMatrix;
import org.bitindex.lab.statistics.Summary;

/** The plots of a report, for the paper's matrices; those of one shape take the largest. */
final class Charts {
  private static final List<String> CODES =
      List.of("binary", "ternary", "affine4", "symmetric4", "symmetric8");
  private static final List<String> BASELINES =
      List.of("dense FP32", "quantised 8-bit", "quantised 4-bit", "CSR");

  private final Results all;
  private final Results largest;
  private final String shape;

  private Charts(Results results) {
    all = results.gaussian();
    TestMatrix.Key key =
        all.keys().stream().max(Comparator.comparingLong(TestMatrix.Key::size)).orElseThrow();
    shape = key.shape();
    largest = all.of(k -> k.shape().equals(shape));
  }

  /** PNG images by file name. */
  static Map<String, byte[]> of(Results results) throws IOException {
    var charts = new Charts(results);
    Map<String, byte[]> images = new LinkedHashMap<>();
    images.put("compression.png", charts.compression().png());
    images.put("error-bits.png", charts.errorByBits().png());
    images.put("pareto.png", charts.pareto().png());
    for (int batch : results.batches()) {
      images.put("product-batch-" + batch + ".png", charts.product(batch).png());
    }
    images.put("bits-used.png", charts.bitsUsed().png());
    images.put("encoding.png", charts.encoding().png());
    return images;
  }

  private Chart compression() {
    var chart =
        new Chart(
            "Compression against sparsity, " + shape,
            "sparsity (%)",
            "dense FP32 bytes / bytes stored");
    for (String method : List.of("binary", "symmetric4")) {
      for (String layout : List.of("flat", "blocked", "adaptive")) {
        line(
            chart,
            method + ", " + layout,
            largest.storage(method, layout),
            StorageRecord::storedRatio);
      }
      Map<Double, Summary> bound =
          bySparsity(largest.storage(method, "adaptive"), StorageRecord::boundRatio);
      chart.bound(
          method + ", entropy",
          bound.keySet().stream().map(Charts::percent).toList(),
          bound.values().stream().map(Summary::mean).toList());
    }
    for (String method : List.of("CSR", "quantised 4-bit")) {
      line(
          chart,
          method,
          largest.storage(method, StorageRecord.BASELINE),
          StorageRecord::storedRatio);
    }
    return chart;
  }

  private Chart errorByBits() {
    var chart =
        new Chart(
            "Error of the decoded weights against bits, " + shape,
            "bits of the code",
            "relative error ||W - V|| / ||W||");
    for (double sparsity :
        List.of(largest.sparsities().getFirst(), largest.sparsities().getLast())) {
      Results at = largest.of(key -> key.sparsity() == sparsity);
      for (String family : List.of("affine", "symmetric")) {
        Map<Integer, List<StorageRecord>> byBits =
            at.storage().stream()
                .filter(row -> row.method().startsWith(family) && row.layout().equals("flat"))
                .collect(
                    Collectors.groupingBy(
                        row -> Integer.parseInt(row.method().substring(family.length())),
                        TreeMap::new,
                        Collectors.toList()));
        chart.line(
            family + Math.round(percent(sparsity)) + " % sparse",
            byBits.keySet().stream().map(Integer::doubleValue).toList(),
            byBits.values().stream()
                .map(rows -> Results.summary(rows, StorageRecord::relativeError))
                .toList());
      }
    }
    return chart;
  }

  /** Size and error of every code in its smallest layout, and of every baseline, near 90 %. */
  private Chart pareto() {
    double sparsity =
        largest.sparsities().stream()
            .min(Comparator.comparingDouble(s -> Math.abs(s - 0.9)))
            .orElseThrow();
    var chart =
        new Chart(
                "Error and size, " + shape + ", " + Math.round(percent(sparsity)) + " % sparse",
                "bits stored for each weight",
                "relative error ||W - V|| / ||W||")
            .logarithmicX();
    Map<String, List<StorageRecord>> groups =
        largest.of(key -> key.sparsity() == sparsity).storage().stream()
            .filter(row -> row.run() == 0 && row.relativeError() > 0)
            .filter(row -> !row.layout().equals("flat") && !row.layout().equals("blocked"))
            .collect(
                Collectors.groupingBy(
                    row -> family(row.method()) + ", " + row.layout(),
                    LinkedHashMap::new,
                    Collectors.toList()));
    groups.forEach((name, rows) ->
        chart.points(
            name,
            Chart.list(Results.values(rows, StorageRecord::bitsPerWeight)),
            Chart.list(Results.values(rows, StorageRecord::relativeError))));
    return chart;
  }

  /** "affine4" belongs to "affine"; every baseline is one of its own. */
  private static String family(String method) {
    return method.replaceFirst("^(affine|symmetric)\\d$", "$1");
  }

  private Chart product(int batch) {
    var chart =
        new Chart(
            "Product against sparsity, " + shape + ", batch " + batch,
            "sparsity (%)",
            "milliseconds, one thread");
    for (String code : CODES) {
      line(
          chart,
          code,
          largest.products(code, ProductRecord.BACKEND, Arithmetic.MAX_ACTIVATION_BITS, batch),
          ProductRecord::millis);
    }
    for (String baseline : BASELINES) {
      line(
          chart,
          baseline,
          largest.products(baseline, StorageRecord.BASELINE, 0, batch),
          ProductRecord::millis);
    }
    return chart;
  }

  private Chart bitsUsed() {
    var chart =
        new Chart(
                "Error and time against bits used of one encoded matrix, " + shape,
                "bits used",
                "relative error ||W - V|| / ||W||")
            .rightAxis("milliseconds, one thread");
    int first = largest.batches().getFirst();
    int last = largest.batches().getLast();
    List<String> methods = List.of("affine8", "symmetric8");
    for (String method : methods) {
      Map<Double, Summary> points =
          byBits(largest.precision(method, first), PrecisionRecord::relativeError);
      chart.line(method + ": error", List.copyOf(points.keySet()), List.copyOf(points.values()));
    }
    for (int batch : List.of(first, last)) {
      for (String method : methods) {
        Map<Double, Summary> points =
            byBits(largest.precision(method, batch), PrecisionRecord::millis);
        chart.rightLine(
            method + ": ms, batch " + batch,
            List.copyOf(points.keySet()),
            List.copyOf(points.values()));
      }
    }
    return chart;
  }

  private Chart encoding() {
    var chart =
        new Chart(
                "Encoding time against nonzeros, binary, flat",
                "weights that are not zero",
                "milliseconds, one thread")
            .logarithmicX();
    for (String one : all.keys().stream().map(TestMatrix.Key::shape).distinct().toList()) {
      Map<Double, List<StorageRecord>> groups =
          group(
              all.of(key -> key.shape().equals(one)).storage("binary", "flat"),
              MeasuredRecord::sparsity);
      List<Double> nonzeros = new ArrayList<>();
      List<Summary> millis = new ArrayList<>();
      groups
          .values()
          .forEach(rows -> {
            nonzeros.add(Results.summary(rows, StorageRecord::nonzeros).mean());
            millis.add(Results.summary(rows, StorageRecord::encodeMillis));
          });
      chart.line(one, nonzeros, millis);
    }
    return chart;
  }

  private static <T extends MeasuredRecord> void line(
      Chart chart, String name, List<T> rows, ToDoubleFunction<T> figure) {
    Map<Double, Summary> points = bySparsity(rows, figure);
    chart.line(
        name, points.keySet().stream().map(Charts::percent).toList(), List.copyOf(points.values()));
  }

  private static <T extends MeasuredRecord> Map<Double, Summary> bySparsity(
      List<T> rows, ToDoubleFunction<T> figure) {
    return summaries(rows, MeasuredRecord::sparsity, figure);
  }

  private static Map<Double, Summary> byBits(
      List<PrecisionRecord> rows, ToDoubleFunction<PrecisionRecord> figure) {
    return summaries(rows, row -> (double) row.bits(), figure);
  }

  private static <T> Map<Double, Summary> summaries(
      List<T> rows, Function<T, Double> x, ToDoubleFunction<T> figure) {
    Map<Double, Summary> summaries = new LinkedHashMap<>();
    group(rows, x).forEach((value, group) -> summaries.put(value, Results.summary(group, figure)));
    return summaries;
  }

  private static <T> Map<Double, List<T>> group(List<T> rows, Function<T, Double> x) {
    return rows.stream().collect(Collectors.groupingBy(x, LinkedHashMap::new, Collectors.toList()));
  }

  private static double percent(double share) {
    return share * 100;
  }
}
