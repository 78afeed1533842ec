package org.bitindex.io;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.format.MappedFile;

/** Reads the integers of a .smtx file, separated by spaces, commas and line ends. */
final class SmtxParser {
  private final MappedFile file;
  private final MemorySegment text;
  private long at;

  SmtxParser(MappedFile file) {
    this.file = file;
    this.text = file.data();
  }

  SmtxFile.Pattern parse() throws EncodedFormatException {
    int rows = next("rows", Integer.MAX_VALUE);
    int columns = next("columns", Integer.MAX_VALUE);
    int nonzeros = next("nonzeros", Integer.MAX_VALUE);
    // Every number takes a digit and a separator, so the file bounds what is allocated.
    long numbers = rows + 1L + nonzeros;
    if (numbers > (text.byteSize() - at + 1) / 2) {
      throw file.bad(
          "%d rows and %d nonzeros do not fit a file of %d bytes"
              .formatted(rows, nonzeros, text.byteSize()));
    }
    int[] rowOffsets = new int[rows + 1];
    for (int i = 0; i <= rows; i++) {
      rowOffsets[i] = next("row offset", nonzeros);
      int least = i == 0 ? 0 : rowOffsets[i - 1];
      if (rowOffsets[i] < least || (i == 0 && rowOffsets[i] != 0)) {
        throw file.bad("row offset %d is %d, below %d".formatted(i, rowOffsets[i], least));
      }
    }
    if (rowOffsets[rows] != nonzeros) {
      throw file.bad("row offsets end at %d, expected %d".formatted(rowOffsets[rows], nonzeros));
    }
    int[] columnIndices = new int[nonzeros];
    for (int i = 0; i < rows; i++) {
      readRow(rowOffsets[i], rowOffsets[i + 1], columns, columnIndices);
    }
    skipSeparators();
    if (at < text.byteSize()) {
      throw file.bad("byte " + at + " follows the last column index");
    }
    return new SmtxFile.Pattern(rows, columns, rowOffsets, columnIndices);
  }

  /** Reads the column indices {@code from} to {@code to}, which must ascend. */
  private void readRow(int from, int to, int columns, int[] columnIndices)
      throws EncodedFormatException {
    int least = 0;
    for (int i = from; i < to; i++) {
      int column = next("column index", columns - 1L);
      if (column < least) {
        throw file.bad(
            "column index %d is %d, expected at least %d after %d in its row"
                .formatted(i, column, least, least - 1));
      }
      columnIndices[i] = column;
      least = column + 1;
    }
  }

  private int next(String what, long largest) throws EncodedFormatException {
    skipSeparators();
    long start = at;
    long value = 0;
    for (int digit = digit(); digit >= 0; digit = digit()) {
      value = value * 10 + digit;
      at++;
      if (value > largest) {
        throw file.bad(what + " is " + value + " or more, expected at most " + largest);
      }
    }
    if (at == start) {
      throw file.bad(
          at == text.byteSize()
              ? "file ends before " + what
              : "byte %d is 0x%02x, expected %s".formatted(at, peek(), what));
    }
    return (int) value;
  }

  private void skipSeparators() {
    while (at < text.byteSize() && " ,\t\r\n".indexOf(peek()) >= 0) {
      at++;
    }
  }

  /** The value of the digit at the current position, -1 if there is none. */
  private int digit() {
    int value = at < text.byteSize() ? peek() - '0' : -1;
    return value <= 9 ? value : -1;
  }

  private int peek() {
    return text.get(ValueLayout.JAVA_BYTE, at);
  }
}
