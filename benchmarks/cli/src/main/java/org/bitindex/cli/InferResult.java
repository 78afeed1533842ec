package org.bitindex.cli;

import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.StringJoiner;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.jspecify.annotations.Nullable;

/**
 * What a run of a network showed.
 *
 * @param samples null where the network does not take samples
 * @param where the backend, for people
 */
record InferResult(
    @Nullable Long samples,
    double seconds,
    String where,
    @Nullable Accuracy accuracy,
    @Nullable Comparison comparison) {
  /**
   * How often the largest output was the label.
   *
   * @param share 0 to 1
   * @param none samples with NaN outputs, which count as wrong
   */
  record Accuracy(double share, long none) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "accuracy %.2f %%%s",
          100 * share,
          none == 0 ? "" : "; samples with NaN outputs, which count as wrong: " + none);
    }
  }

  /** A network of a comparison: what a second run takes, and bytes. */
  record Size(String network, double seconds, long fileBytes, long preparedBytes) {}

  /** Outputs by name against those of another network, and the two networks. */
  record Comparison(SequencedMap<String, OutputDifference> outputs, List<Size> networks) {
    @Override
    public String toString() {
      var table = new TextTable("output", "largest", "relative", "cosine", "same argmax");
      outputs.forEach((name, difference) ->
          table.add(
              Figures.name(name),
              Figures.number(difference.largest()),
              Figures.number(difference.relative()),
              String.format(Locale.ROOT, "%.7f", difference.cosine()),
              Figures.percent(difference.sameArgmax())));
      var sizes = new TextTable("network", "time", "file", "prepared");
      for (Size size : networks) {
        sizes.add(
            size.network,
            Figures.seconds(size.seconds),
            Figures.bytes(size.fileBytes),
            Figures.bytes(size.preparedBytes));
      }
      return "%s%n%s".formatted(table, sizes);
    }
  }

  /** One sentence, then what was asked for beside. */
  @Override
  public String toString() {
    var text = new StringJoiner(System.lineSeparator());
    text.add(
        "%s in %s on %s"
            .formatted(
                samples == null ? "ran" : Figures.count(samples, "sample"),
                Figures.seconds(seconds),
                where));
    if (accuracy != null) {
      text.add(accuracy.toString());
    }
    if (comparison != null) {
      text.add(comparison.toString());
    }
    return text.toString();
  }
}
