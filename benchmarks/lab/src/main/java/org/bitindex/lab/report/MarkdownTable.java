package org.bitindex.lab.report;

import java.util.Arrays;
import java.util.List;

/** A Markdown table: the first column to the left, the others to the right unless it is prose. */
final class MarkdownTable {
  private final StringBuilder text = new StringBuilder();
  private final int columns;

  private MarkdownTable(List<String> headers, String otherColumns) {
    columns = headers.size();
    add(headers);
    text.append("| --- ").append(otherColumns.repeat(columns - 1)).append("|\n");
  }

  /** A table of numbers under these headers. */
  static MarkdownTable ofNumbers(List<String> headers) {
    return new MarkdownTable(headers, "| ---: ");
  }

  /** A table of sentences under these headers. */
  static MarkdownTable ofText(String... headers) {
    return new MarkdownTable(Arrays.asList(headers), "| --- ");
  }

  MarkdownTable add(List<String> cells) {
    if (cells.size() != columns) {
      throw new IllegalArgumentException(
          "row has " + cells.size() + " cells, table has " + columns + " columns");
    }
    for (String cell : cells) {
      text.append("| ").append(cell.replace("|", "\\|")).append(' ');
    }
    text.append("|\n");
    return this;
  }

  MarkdownTable add(String... cells) {
    return add(Arrays.asList(cells));
  }

  @Override
  public String toString() {
    return text + "\n";
  }
}
