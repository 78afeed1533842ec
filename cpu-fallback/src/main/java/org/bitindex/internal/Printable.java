package org.bitindex.internal;

/** Text from a file, made fit for a one-line message: control characters replaced, cut if long. */
public final class Printable {
  private static final int MAX_LENGTH = 120;

  private Printable() {}

  public static String of(String text) {
    String cut = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
