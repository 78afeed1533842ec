package org.bitindex.cli.text;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.NamedTensor;

/** Numbers as people read them; the same in every locale. */
public final class Figures {
  private static final int SHOWN_NAMES = 4;
  private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB"};

  private Figures() {}

  /** Bytes in decimal units: 9.31 MB. */
  public static String bytes(double bytes) {
    int unit = 0;
    double value = bytes;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return (unit == 0 ? format("%.0f", value) : significant(value)) + " " + UNITS[unit];
  }

  /** Bytes in decimal units. */
  public static String bytes(long bytes) {
    return bytes((double) bytes);
  }

  /** Seconds in the unit that suits them: 1.25 ms. */
  public static String seconds(double seconds) {
    if (seconds < 0.9995e-3) {
      return significant(seconds * 1e6) + " us";
    }
    return seconds < 0.9995 ? significant(seconds * 1e3) + " ms" : significant(seconds) + " s";
  }

  /** A ratio: 12.3x; a dash where there is none. */
  public static String ratio(double ratio) {
    return Double.isFinite(ratio) ? significant(ratio) + "x" : "-";
  }

  /** A share in per cent: 12.3 %. */
  public static String percent(double share) {
    return format("%.1f %%", share * 100);
  }

  /** A level: 22.6 dB; a dash where there is none. */
  public static String decibel(double level) {
    return Double.isFinite(level) ? significant(level) + " dB" : "-";
  }

  /**
   * Kinds of tensors, each with how many there are and some of their names: 2 x bias (a, b).
   *
   * @param tensors of {@code file}
   */
  public static List<String> kinds(DenseFile file, Collection<NamedTensor> tensors) {
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (NamedTensor tensor : tensors) {
      String kind = file.kinds().getOrDefault(tensor.name(), "tensor");
      names.computeIfAbsent(kind, _ -> new ArrayList<>()).add(tensor.name());
    }
    List<String> kinds = new ArrayList<>();
    names.forEach((kind, of) -> kinds.add("%d x %s (%s)".formatted(of.size(), kind, some(of))));
    return kinds;
  }

  /** A name from a file, which may hold anything, fit for a terminal and a line of text. */
  public static String name(String name) {
    return name.replaceAll("\\p{Cntrl}", "?");
  }

  /** Some of {@code names}: a, b, c and 37 more. */
  public static String some(Collection<String> names) {
    String shown = String.join(", ", names.stream().limit(SHOWN_NAMES).map(Figures::name).toList());
    int more = names.size() - SHOWN_NAMES;
    return more > 0 ? shown + " and " + more + " more" : shown;
  }

  /**
   * How many there are of what: 1 matrix, 2,048 matrices.
   *
   * @param what one of them
   */
  public static String count(long count, String what) {
    String many = what.endsWith("ix") ? what.substring(0, what.length() - 2) + "ices" : what + "s";
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? what : many);
  }

  /** Three significant digits, without an exponent. */
  public static String significant(double value) {
    double magnitude = Math.abs(value);
    if (magnitude >= 99.95) {
      return format("%.0f", value);
    }
    return format(magnitude >= 9.995 ? "%.1f" : "%.2f", value);
  }

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

  private static String format(String format, double value) {
    return String.format(Locale.ROOT, format, value);
  }
}
