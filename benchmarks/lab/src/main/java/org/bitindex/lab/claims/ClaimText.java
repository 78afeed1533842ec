package org.bitindex.lab.claims;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;
import org.bitindex.cli.text.Figures;
import org.bitindex.lab.statistics.Summary;

/** Numbers as the claims' table prints them. */
public final class ClaimText {
  private ClaimText() {}

  /** "4.00 ± 0.01", or the mean alone where there is no spread. */
  public static String interval(Summary summary) {
    return summary.halfWidth() == 0
        ? Figures.number(summary.mean())
        : Figures.number(summary.mean()) + " ± " + Figures.number(summary.halfWidth());
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
    return shares.stream().sorted().map(ClaimText::percent).collect(Collectors.joining(", "));
  }
}
