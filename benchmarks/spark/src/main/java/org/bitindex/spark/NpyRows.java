package org.bitindex.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/** The rows of slices: file, row, features. One file is open at a time. */
final class NpyRows implements Iterator<Row> {
  private final Iterator<NpySlice> slices;
  private @Nullable OpenSlice open;

  NpyRows(List<NpySlice> slices) {
    this.slices = slices.iterator();
    // A task that fails does not come to the end of a file.
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) _ -> close());
  }

  private static final class OpenSlice {
    final NpyFile file;
    final String name;
    final Weights rows;
    final int end;
    int position;

    OpenSlice(NpySlice slice) throws IOException {
      Path path = Path.of(slice.path());
      file = NpyFile.open(path);
      name = path.getFileName().toString();
      rows = file.tensor().weights();
      position = slice.firstRow();
      end = slice.endRow();
    }

    Row next() {
      float[] features = new float[rows.columns()];
      rows.readRow(position, features);
      return RowFactory.create(name, (long) position++, features);
    }
  }

  @Override
  public boolean hasNext() {
    return slices.hasNext() || (open != null && open.position < open.end);
  }

  @Override
  public Row next() {
    if (open == null || open.position == open.end) {
      close();
      if (!slices.hasNext()) {
        throw new NoSuchElementException();
      }
      open = open(slices.next());
    }
    return open.next();
  }

  private static OpenSlice open(NpySlice slice) {
    try {
      return new OpenSlice(slice);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void close() {
    if (open != null) {
      open.file.close();
      open = null;
    }
  }
}
