package org.bitindex.cli.text;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.ArrayList;
import java.util.List;

/** A table for people: the first column to the left, the others to the right, no frame. */
public final class TextTable {
  private final String[] headers;
  private final List<String[]> rows = new ArrayList<>();

  /** An empty table. */
  public TextTable(String... headers) {
    this.headers = headers.clone();
  }

  /** Adds a row with one cell for each header. */
  public void add(String... cells) {
    if (cells.length != headers.length) {
      throw new IllegalArgumentException(
          "row has " + cells.length + " cells, table has " + headers.length + " columns");
    }
    rows.add(cells.clone());
  }

  @Override
  public String toString() {
    List<ColumnData<String[]>> columns = new ArrayList<>();
    for (int i = 0; i < headers.length; i++) {
      int cell = i;
      columns.add(
          new Column()
              .header(headers[i])
              .headerAlign(i == 0 ? HorizontalAlign.LEFT : HorizontalAlign.RIGHT)
              .dataAlign(i == 0 ? HorizontalAlign.LEFT : HorizontalAlign.RIGHT)
              .maxWidth(60)
              .with(row -> row[cell]));
    }
    return AsciiTable.getTable(AsciiTable.NO_BORDERS, rows, columns).stripTrailing();
  }
}
