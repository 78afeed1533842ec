package org.bitindex;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import org.bitindex.backend.Backends;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.StridedMatrix;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * A weight matrix W of m rows (outputs) and k columns (inputs), encoded as bit positions and
 * multiplied as it is: the library's front door for one matrix. {@link org.bitindex.graph.Network}
 * is the one for whole networks.
 *
 * {@snippet file="org/bitindex/Examples.java" region="matrix"}
 *
 * <p><b>Lifetimes.</b> Close a matrix when it is no longer needed: its memory lies off the heap or
 * in a mapped file, and the garbage collector does not see its size. {@link #close()} waits for the
 * calls that are running and then frees all that is this matrix's own; later products and {@link
 * #save} throw {@link IllegalStateException}. A matrix that is forgotten is closed by a {@link
 * Cleaner} at some time after it became unreachable. Arrays and buffers that a matrix was made of
 * belong to the caller and are needed until {@link MatrixBuilder#encode()} returns. The backend,
 * with its threads, is one for all matrices: {@link Backends#open()} opens it at the first product,
 * and it is never closed.
 *
 * <p>Safe for use by many threads. The bits of a product depend neither on backend, threads and
 * vector width nor on how samples are split into batches.
 */
public final class BitIndexMatrix implements AutoCloseable {
  private static final Cleaner CLEANER = Cleaner.create();

  /** The name in a file that {@link #save} writes. */
  private static final String NAME = "weights";

  private final HeldMatrix held;
  private final Cleaner.Cleanable cleanable;

  BitIndexMatrix(EncodedMatrix matrix) {
    this(matrix, matrix::close);
  }

  private BitIndexMatrix(EncodedMatrix matrix, Runnable release) {
    held = new HeldMatrix(matrix, release);
    cleanable = CLEANER.register(this, held::close);
  }

  /**
   * Starts with an array.
   *
   * @param values rows * columns weights, row after row
   * @throws IllegalArgumentException if there are more or fewer
   */
  public static MatrixBuilder of(int rows, int columns, float... values) {
    if (rows >= 0 && columns >= 0 && values.length != (long) rows * columns) {
      throw new IllegalArgumentException(
          "got %d weights, a %d x %d matrix has %d"
              .formatted(values.length, rows, columns, (long) rows * columns));
    }
    return of(StridedMatrix.of(rows, columns, values, 0, columns));
  }

  /**
   * Starts with a part of an array: weight (i, j) is {@code values[offset + i * stride + j]}.
   *
   * @param stride at least {@code columns}
   * @throws IllegalArgumentException if the array is too short
   */
  public static MatrixBuilder of(int rows, int columns, float[] values, int offset, int stride) {
    return of(StridedMatrix.of(rows, columns, values, offset, stride));
  }

  /** As with an array, from the buffer's position on and in its byte order. */
  public static MatrixBuilder of(
      int rows, int columns, FloatBuffer values, int offset, int stride) {
    return of(StridedMatrix.of(rows, columns, values, offset, stride));
  }

  /**
   * As with an array, from the buffer's position on and in its byte order; {@code offset} and
   * {@code stride} count floats.
   */
  public static MatrixBuilder of(int rows, int columns, ByteBuffer bytes, int offset, int stride) {
    return of(StridedMatrix.of(rows, columns, bytes, offset, stride));
  }

  /**
   * As with an array; {@code offset} and {@code stride} count floats. Data of a confined arena are
   * encoded on the thread that owns them alone.
   *
   * @param order the floats' byte order: a segment has none of its own
   */
  public static MatrixBuilder of(
      int rows, int columns, MemorySegment data, ByteOrder order, long offset, long stride) {
    return of(new StridedMatrix(rows, columns, data, order, offset, stride));
  }

  /**
   * Starts with compressed sparse rows: those of row i are entries {@code rowOffsets[i]} to {@code
   * rowOffsets[i + 1]} of the other two arrays.
   *
   * @param columnIndices ascending in each row
   * @throws IllegalArgumentException if the arrays are no such matrix
   */
  public static MatrixBuilder ofCsr(
      int rows, int columns, int[] rowOffsets, int[] columnIndices, float[] values) {
    return of(new CsrMatrix(rows, columns, rowOffsets, columnIndices, values));
  }

  /** Starts with any weights, such as {@link org.bitindex.io.DenseFile#matrix}. */
  public static MatrixBuilder of(Weights weights) {
    return new MatrixBuilder(weights);
  }

  /**
   * Opens the only matrix of a file and checks every byte of it. The file stays mapped until the
   * matrix is closed.
   *
   * @throws IllegalArgumentException if the file has no matrix or several
   * @throws EncodedFormatException if the bytes do not follow the format
   * @throws IOException if the file cannot be read
   */
  public static BitIndexMatrix open(Path path) throws IOException {
    return open(ModelFile.open(path), null);
  }

  /**
   * As {@link #open(Path)}, with the matrix of this name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static BitIndexMatrix open(Path path, String name) throws IOException {
    return open(ModelFile.open(path), name);
  }

  private static BitIndexMatrix open(ModelFile file, @Nullable String name) throws IOException {
    try {
      file.verify();
      return new BitIndexMatrix(file.matrix(name == null ? onlyName(file) : name), file::close);
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  private static String onlyName(ModelFile file) {
    if (file.matrices().size() != 1) {
      throw new IllegalArgumentException(
          "%s has %d matrices, so one must be named: %s"
              .formatted(file.path(), file.matrices().size(), file.matrices().keySet()));
    }
    return file.matrices().firstEntry().getKey();
  }

  /** m, the outputs of a sample. */
  public int rows() {
    return held.matrix().rows();
  }

  /** k, the inputs of a sample. */
  public int columns() {
    return held.matrix().columns();
  }

  /** Bytes of the encoded weights. */
  public long bytes() {
    return held.matrix().bytes();
  }

  /** Bits that a weight takes, all that is stored counted; 0 for an empty matrix. */
  public double bitsPerWeight() {
    return held.matrix().bitsPerWeight();
  }

  /**
   * Y = X W^T.
   *
   * @param input X, one or more samples of {@link #columns()} floats, row-major; not changed
   * @return Y, as many samples of {@link #rows()} floats
   * @throws IllegalArgumentException if the input is not a whole number of samples
   * @throws IllegalStateException if the matrix is closed
   */
  public float[] multiply(float... input) {
    int columns = columns();
    if (columns == 0 || input.length % columns != 0) {
      throw new IllegalArgumentException(
          "input has %d floats, which are not samples of %d columns"
              .formatted(input.length, columns));
    }
    int batch = input.length / columns;
    long outputs = (long) batch * rows();
    if (outputs > Integer.MAX_VALUE - Long.BYTES) {
      throw new IllegalArgumentException(
          "a batch of " + batch + " has " + outputs + " outputs, more than an array holds");
    }
    float[] output = new float[(int) outputs];
    multiply(input, batch, output);
    return output;
  }

  /**
   * Y = X W^T into an array.
   *
   * @param input X, batch x {@link #columns()} floats, row-major; not changed
   * @param batch number of samples, at least 0
   * @param output Y, batch x {@link #rows()} floats, row-major
   * @throws IllegalArgumentException if an array has another length
   * @throws IllegalStateException if the matrix is closed
   */
  public void multiply(float[] input, int batch, float[] output) {
    try {
      held.execute(plan -> plan.execute(input, batch, output));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** As {@link #multiply(float[], int, float[])}, with floats of the native byte order. */
  public void multiply(MemorySegment input, int batch, MemorySegment output) {
    try {
      held.execute(plan -> plan.execute(input, batch, output));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Writes the matrix, whole or not at all; a file of this name is replaced.
   *
   * @throws IllegalStateException if the matrix is closed
   * @throws IOException naming the path and the reason
   */
  public void save(Path path) throws IOException {
    try {
      held.read(matrix -> new ModelWriter().add(NAME, matrix).write(path, IfExists.REPLACE));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * What is behind this matrix, for the parts of the library that take it, such as {@link
   * org.bitindex.backend.Backend#plan}. It ends with this matrix: keep this one as long, and close
   * only this one.
   */
  public EncodedMatrix encoded() {
    return held.matrix();
  }

  /** Waits for calls that are running and frees the matrix; a second call does nothing. */
  @Override
  public void close() {
    cleanable.clean();
  }

  @Override
  public String toString() {
    return "BitIndexMatrix[" + rows() + " x " + columns() + ", " + encoded().code() + "]";
  }
}
