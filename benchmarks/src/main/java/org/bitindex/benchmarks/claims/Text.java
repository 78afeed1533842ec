package org.bitindex.benchmarks.claims;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bitindex.benchmarks.statistics.Summary;

/** Numbers as the claims' table prints them. */
public final class Text {
  private Text() {}

  /** Three significant digits: 0.0123, 4.56, 789; very large and small ones in E notation. */
  public static String number(double value) {
    double magnitude = Math.abs(value);
    if (!Double.isFinite(value) || magnitude == 0) {
      return magnitude == 0 ? "0" : Double.toString(value);
    }
    if (magnitude < 1e-3 || magnitude >= 1e6) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(magnitude)));
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** "4.00 ± 0.01", or the mean alone where there is no spread. */
  public static String interval(Summary summary) {
    return summary.halfWidth() == 0
        ? number(summary.mean())
        : number(summary.mean()) + " ± " + number(summary.halfWidth());
  }

  /** "p = 0.012". */
  public static String pValue(double p) {
    return p < 0.001 ? "p < 0.001" : String.format(Locale.ROOT, "p = %.3f", p);
  }

  /** "30 %". */
  public static String percent(double share) {
    return Math.round(share * 100) + " %";
  }

  /** "50 %, 90 %". */
  public static String percents(Collection<Double> shares) {
    return shares.stream().sorted().map(Text::percent).collect(Collectors.joining(", "));
  }
}
