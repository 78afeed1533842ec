package org.bitindex.lab.mnist;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;

/** The results as text. */
final class MnistTable {
  private MnistTable() {}

  /** One line for each row, the ratio against the first row, which is dense FP32. */
  static String of(List<MnistRow> rows) {
    List<String> headers = new ArrayList<>(List.of("model", "zeros", "bytes", "smaller"));
    for (Calibrating step : Calibrating.values()) {
      headers.add(step.title());
    }
    headers.add("fine-tuned");
    var table = new TextTable(headers.toArray(String[]::new));
    for (MnistRow row : rows) {
      table.add(cells(row, rows.getFirst()).toArray(String[]::new));
    }
    return table.toString();
  }

  private static List<String> cells(MnistRow row, MnistRow dense) {
    List<String> cells = new ArrayList<>();
    cells.add(row.name());
    cells.add(Math.round(100 * row.sparsity()) + " %");
    cells.add(String.format(Locale.ROOT, "%,d", row.bytes()));
    cells.add(Figures.ratio(ratio(row, dense)));
    for (Calibrating step : Calibrating.values()) {
      cells.add(percent(row.accuracy(step)));
    }
    cells.add(row.tuned() == null ? "" : percent(row.tuned()));
    return cells;
  }

  /** The row of best accuracy among models at least {@code times} smaller than the first row. */
  static Optional<MnistRow> best(List<MnistRow> rows, int times) {
    return rows.stream()
        .filter(row -> ratio(row, rows.getFirst()) >= times)
        .max(Comparator.comparingDouble(MnistRow::accuracy));
  }

  /** A row in words. */
  static String sentence(MnistRow row, MnistRow dense) {
    return String.format(
        Locale.ROOT,
        "%s, %.0f %% zeros, %s smaller, accuracy %.2f %%, %+.2f points to dense FP32",
        row.name(),
        100 * row.sparsity(),
        Figures.ratio(ratio(row, dense)),
        100 * row.accuracy(),
        100 * (row.accuracy() - dense.accuracy()));
  }

  private static double ratio(MnistRow row, MnistRow dense) {
    return (double) dense.bytes() / row.bytes();
  }

  private static String percent(double share) {
    return Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.2f", 100 * share);
  }
}
