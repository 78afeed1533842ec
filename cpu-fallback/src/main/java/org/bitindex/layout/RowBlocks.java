package org.bitindex.layout;

/**
 * A row cut into blocks of {@code blockColumns} columns; the last may be narrower.
 *
 * @param columns columns of the row
 * @param blockColumns columns of every block but the last
 */
record RowBlocks(int columns, int blockColumns) {
  int count() {
    return (int) (((long) columns + blockColumns - 1) / blockColumns);
  }

  int first(int block) {
    return block * blockColumns;
  }

  int end(int block) {
    return (int) Math.min(columns, (block + 1L) * blockColumns);
  }

  int width(int block) {
    return end(block) - first(block);
  }
}
