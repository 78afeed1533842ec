package org.bitindex.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Objects;
import java.util.SequencedMap;
import org.bitindex.io.format.MappedFile;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * A matrix of the Deep Learning Matrix Collection (Gale et al. 2020): a line {@code rows, columns,
 * nonzeros}, a line of row offsets and a line of column indices, ascending in each row. It holds
 * the pattern only; its nonzeros read as 1. The matrix has the file's name without extension.
 */
public final class SmtxFile implements DenseFile {
  private final MappedFile file;
  private final Pattern pattern;

  SmtxFile(MappedFile file) throws IOException {
    this.file = file;
    this.pattern = new SmtxParser(file).parse();
  }

  /** Opens a file; errors as {@link DenseFile#open}. */
  public static SmtxFile open(Path path) throws IOException {
    return MappedFile.open(path, SmtxFile::new);
  }

  /** Ones at {@code columnIndices[rowOffsets[i]]} to {@code [rowOffsets[i + 1] - 1]} of row i. */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Pattern(int rows, int columns, int[] rowOffsets, int[] columnIndices) implements Weights {
    @Override
    public void readRow(int row, float[] target) {
      Objects.checkIndex(row, rows);
      Arrays.fill(target, 0, columns, 0f);
      for (int i = rowOffsets[row]; i < rowOffsets[row + 1]; i++) {
        target[columnIndices[i]] = 1f;
      }
    }
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    return Names.single(Names.stem(file.path()), pattern);
  }

  /** None: the file has no values. */
  @Override
  public SequencedMap<String, NamedTensor> tensors() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
  }

  @Override
  public SequencedMap<String, String> kinds() {
    return Collections.unmodifiableSequencedMap(new LinkedHashMap<>());
  }

  @Override
  public void close() {
    file.close();
  }
}
