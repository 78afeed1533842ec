package org.bitindex.cli.devices;

import java.util.Comparator;
import java.util.List;
import java.util.SequencedMap;

/** Reports of many machines, of the same products. */
public record MergedReports(List<Row> rows) {
  /**
   * One timing.
   *
   * @param machine the name of its report
   */
  public record Row(String machine, DeviceTiming timing) {}

  /**
   * All timings: those of a method and batch together, the fastest first.
   *
   * @param reports by name
   * @throws IllegalArgumentException if two are of other weights
   */
  public static MergedReports of(SequencedMap<String, DeviceReport> reports) {
    String first = reports.firstEntry().getKey();
    String wanted = products(reports.firstEntry().getValue());
    reports.forEach((name, report) -> {
      if (!products(report).equals(wanted)) {
        throw new IllegalArgumentException(
            "%s is of %s, %s of %s; merge reports of the same weights"
                .formatted(name, products(report), first, wanted));
      }
    });
    Comparator<Row> order =
        Comparator.comparing((Row row) -> row.timing.method())
            .thenComparingInt(row -> row.timing.batch())
            .thenComparingDouble(row -> row.timing.millis());
    return new MergedReports(
        reports.entrySet().stream()
            .flatMap(report ->
                report.getValue().timings().stream().map(t -> new Row(report.getKey(), t)))
            .sorted(order)
            .toList());
  }

  private static String products(DeviceReport report) {
    return "weights " + report.shape() + ", density " + report.density();
  }
}
