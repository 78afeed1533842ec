package org.bitindex.tornado;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.Launcher;
import org.bitindex.tornado.device.TornadoTarget;
import org.bitindex.tornado.kernel.PlaneKernels;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;

/**
 * Turns dense weights into bit planes on a device, equal word for word to those of the CPU. Scales
 * and layouts stay with {@link org.bitindex.encode.Encoder}.
 */
final class TornadoEncoder implements AutoCloseable {
  /** Rows of one launch hold about this many weights. */
  private static final int WEIGHTS_OF_LAUNCH = 1 << 20;

  private static final int MOST_ROWS_OF_LAUNCH = 1024;

  /** Bits of a word on the device. */
  private static final int WORD_BITS = 32;

  private final Code code;
  private final int columns;
  private final int planes;
  private final int thresholdCount;
  private final int capacity;
  private final IntArray shape;
  private final IntArray weights;
  private final IntArray thresholds;
  private final IntArray words;
  private final Launcher launcher;

  TornadoEncoder(TornadoTarget target, Code code, int columns) {
    if (columns < 1) {
      throw new IllegalArgumentException("columns is " + columns + ", must be at least 1");
    }
    int[] coefficients = code.coefficients();
    this.code = code;
    this.columns = columns;
    this.planes = coefficients.length;
    this.thresholdCount = thresholdCount(code);
    this.capacity = Math.clamp(WEIGHTS_OF_LAUNCH / columns, 1, MOST_ROWS_OF_LAUNCH);
    this.shape = new IntArray(PlaneKernels.COEFFICIENTS + planes);
    shape.set(PlaneKernels.COLUMNS, columns);
    shape.set(PlaneKernels.WORDS_PER_ROW, wordsPerRow());
    shape.set(PlaneKernels.THRESHOLDS, thresholdCount);
    shape.set(PlaneKernels.PLANES, planes);
    for (int p = 0; p < planes; p++) {
      shape.set(PlaneKernels.COEFFICIENTS + p, coefficients[p]);
    }
    this.weights = new IntArray(capacity * columns);
    this.thresholds = new IntArray(capacity * thresholdCount);
    this.words = new IntArray(capacity * planes * wordsPerRow());
    long bytes = DeviceMemory.bytes(List.of(shape, weights, thresholds, words));
    this.launcher = new Launcher(target, List.of(job(target)), bytes);
  }

  private static int thresholdCount(Code code) {
    return switch (code) {
      case Code.Binary _ -> 1;
      case Code.Ternary _ -> 2;
      case Code.Affine affine -> affine.levels();
      case Code.Symmetric symmetric -> 2 * symmetric.levels();
    };
  }

  private Job job(TornadoTarget target) {
    var job = new Job(target, "encode", 1);
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 8, _ -> wordsPerRow(), n -> n * 8);
    job.graph()
        .transferToDevice(DataTransferMode.EVERY_EXECUTION, job.call(), shape, weights, thresholds)
        .task(
            Job.task(stage),
            PlaneKernels::quantizeRows,
            job.context(),
            job.call(),
            shape,
            weights,
            thresholds,
            words,
            stage)
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call())
        .transferToHost(DataTransferMode.UNDER_DEMAND, words);
    return job;
  }

  /** Whether it encodes such matrices: of a code with thresholds, these come with each row. */
  boolean fits(Code other, int width) {
    return width == columns
        && other.getClass() == code.getClass()
        && Arrays.equals(other.coefficients(), code.coefficients());
  }

  private int wordsPerRow() {
    return Math.ceilDiv(columns, WORD_BITS);
  }

  /**
   * Quantises all rows.
   *
   * @param matrix finite weights
   * @param quantizers the quantiser of each row, all of the encoder's code
   * @param bits a matrix for each plane, as large as {@code matrix}; overwritten
   * @throws IllegalArgumentException if a size differs or a weight is not finite
   */
  synchronized void quantize(
      Weights matrix, IntFunction<Quantizer> quantizers, List<BitMatrix> bits) {
    if (matrix.columns() != columns || bits.size() != planes) {
      throw new IllegalArgumentException(
          "matrix has "
              + matrix.columns()
              + " columns and "
              + bits.size()
              + " planes, the encoder has "
              + columns
              + " and "
              + planes);
    }
    float[] row = new float[columns];
    long[] target = new long[BitMatrix.wordsPerRow(columns)];
    for (int first = 0; first < matrix.rows(); first += capacity) {
      int count = Math.min(capacity, matrix.rows() - first);
      for (int i = 0; i < count; i++) {
        matrix.readRow(first + i, row);
        put(i, first + i, row, quantizers.apply(first + i));
      }
      launcher.launch(0, count, words, count * planes * wordsPerRow());
      for (int i = 0; i < count; i++) {
        for (int p = 0; p < planes; p++) {
          take(i, p, target);
          bits.get(p).writeRow(first + i, target);
        }
      }
    }
  }

  private void put(int slot, int row, float[] values, Quantizer quantizer) {
    for (int j = 0; j < columns; j++) {
      if (!Float.isFinite(values[j])) {
        throw new IllegalArgumentException(
            "weight at row " + row + ", column " + j + " is " + values[j] + ", must be finite");
      }
    }
    copyBits(values, weights, slot * columns);
    copyBits(quantizer.thresholds(), thresholds, slot * thresholdCount);
    shape.set(PlaneKernels.LOWEST, quantizer.lowest());
  }

  private static void copyBits(float[] values, IntArray target, int offset) {
    MemorySegment.copy(
        values,
        0,
        target.getSegment(),
        ValueLayout.JAVA_FLOAT,
        (long) offset * Float.BYTES,
        values.length);
  }

  private void take(int slot, int plane, long[] target) {
    int at = (slot * planes + plane) * wordsPerRow();
    for (int i = 0; i < target.length; i++) {
      long high = 2 * i + 1 < wordsPerRow() ? words.get(at + 2 * i + 1) : 0;
      target[i] = high << WORD_BITS | Integer.toUnsignedLong(words.get(at + 2 * i));
    }
  }

  @Override
  public void close() {
    launcher.close();
  }
}
