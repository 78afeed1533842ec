package org.bitindex.tornado.baseline;

import java.util.List;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.device.CallArrays;
import org.bitindex.tornado.device.CallSize;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.Grids;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.PowersOfTwo;
import org.bitindex.tornado.device.TornadoTarget;
import org.bitindex.tornado.kernel.BaselineKernels;
import org.bitindex.tornado.kernel.FinishKernels;
import org.bitindex.tornado.kernel.LookupKernels;
import org.bitindex.tornado.kernel.PackedByteKernels;
import org.bitindex.tornado.kernel.SampleKernels;
import org.bitindex.tornado.kernel.ShapeElements;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The graph of an eight-bit product: w = scale(i) * q with |q| at most 127, and samples quantised
 * and finished as for bit planes, to eight bits with one scale a sample. PTX devices multiply four
 * bytes at a time, others have no such instruction that TornadoVM knows.
 */
final class ByteBaseline implements TornadoBaseline.FormatGraph {
  private static final int LEVELS = 127;
  private static final int ACTIVATION_BITS = 8;

  private final Job job;
  private final IntArray shape = new IntArray(ShapeElements.COEFFICIENTS + 1);
  private final int rows;
  private final int columns;
  private final int batch;
  private final boolean packs;
  private final ByteArray weights;
  private final IntArray packedWeights;
  private final IntArray packed;
  private final FloatArray rowScales;
  private final FloatArray negativeOffsets;
  private final DoubleArray powers = PowersOfTwo.table();
  private final FloatArray none = new FloatArray(1);
  private final CallArrays space;

  /** With {@code packs}, dp4a of four bytes in an int multiplies. */
  ByteBaseline(TornadoTarget target, Weights matrix, int batch, boolean packs) {
    this.job = new Job(target, "baseline", 4);
    this.rows = matrix.rows();
    this.columns = matrix.columns();
    this.batch = batch;
    this.packs = packs;
    boolean few = batch <= CallSize.FEW_SAMPLES;
    CallSize callSize = new CallSize(few ? batch : Grids.roundUp(batch, 64));
    fillShape();
    // The one that is not used never goes to the device.
    this.weights = new ByteArray(packs ? 1 : rows * columns);
    this.packedWeights = new IntArray(packs ? rows * width() : 1);
    this.packed = new IntArray(packs ? callSize.capacity() * width() : 1);
    this.rowScales = new FloatArray(rows);
    this.negativeOffsets = new FloatArray(rows);
    negativeOffsets.init(-0f);
    quantize(matrix);
    this.space = space(callSize);
    job.graph()
        .transferToDevice(
            DataTransferMode.FIRST_EXECUTION,
            shape,
            packs ? packedWeights : weights,
            rowScales,
            negativeOffsets,
            powers,
            none)
        .transferToDevice(
            DataTransferMode.EVERY_EXECUTION, job.call(), space.input(), space.maxima());
    if (few) {
      quantizeFew();
      addFew();
    } else {
      quantizeMany(callSize.capacity());
      addMany(callSize.capacity());
    }
    addFinish(few, callSize.capacity());
    job.graph()
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call())
        .transferToHost(DataTransferMode.UNDER_DEMAND, space.output());
    job.keepOnDevice(space.x(), space.scales(), space.sums(), space.shifts(), space.hiddenMaxima());
    if (packs) {
      job.keepOnDevice(packed);
    }
  }

  private void fillShape() {
    shape.set(ShapeElements.ROWS, rows);
    shape.set(ShapeElements.COLUMNS, columns);
    shape.set(ShapeElements.WORDS, groups() * LookupKernels.GROUP_WORDS);
    shape.set(ShapeElements.PLANES, 1);
    shape.set(ShapeElements.ACTIVATION_BITS, ACTIVATION_BITS);
    shape.set(ShapeElements.INTEGER_BITS, ACTIVATION_BITS);
    shape.set(ShapeElements.SLICES, 1);
    shape.set(ShapeElements.SUM_PLANES, 1);
    shape.set(ShapeElements.SUM_STRIDE, rows);
    shape.set(ShapeElements.PACKED_COLUMNS, width());
    shape.set(ShapeElements.COEFFICIENTS, 1);
  }

  private CallArrays space(CallSize callSize) {
    int capacity = callSize.capacity();
    return new CallArrays(
        callSize,
        List.of(shape),
        new IntArray(batch * columns),
        new IntArray(capacity),
        new IntArray(1),
        new IntArray(1),
        new IntArray(batch * rows),
        new IntArray(capacity),
        new IntArray(capacity * columnsOfSample()),
        new IntArray(1),
        new IntArray(1),
        new LongArray(capacity * rows));
  }

  private int groups() {
    return Math.ceilDiv(columns, LookupKernels.GROUP_COLUMNS);
  }

  /** Ints of a row of packed weights. */
  private int width() {
    return Grids.roundUp(columns, PackedByteKernels.COLUMN_STEP) / 4;
  }

  /** Columns that are written in whole groups, and read in whole tiles. */
  private int columnsOfSample() {
    return Math.max(groups() * LookupKernels.GROUP_COLUMNS, width() * 4);
  }

  private void quantize(Weights matrix) {
    packedWeights.init(0);
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      matrix.readRow(i, row);
      float max = 0;
      for (float w : row) {
        max = Math.max(max, Math.abs(w));
      }
      rowScales.set(i, max / LEVELS);
      for (int j = 0; j < row.length; j++) {
        long level = max == 0 ? 0 : Math.round((double) row[j] * LEVELS / max);
        if (packs) {
          int at = i * width() + j / 4;
          packedWeights.set(at, packedWeights.get(at) | ((int) level & 0xff) << (j % 4 * 8));
        } else {
          weights.set(i * row.length + j, (byte) level);
        }
      }
    }
  }

  private void quantizeFew() {
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 128, 1, _ -> groups() * 128, n -> n);
    job.graph()
        .task(
            Job.task(stage),
            SampleKernels::quantizeFew,
            job.context(),
            job.call(),
            shape,
            space.input(),
            space.maxima(),
            space.scales(),
            space.x(),
            stage,
            1,
            0);
  }

  private void quantizeMany(int capacity) {
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 8, n -> Grids.roundUp(n, 64), _ -> groups() * 8);
    job.graph()
        .task(
            Job.task(stage),
            SampleKernels::quantizeMany,
            job.context(),
            job.call(),
            shape,
            space.input(),
            space.maxima(),
            space.scales(),
            space.x(),
            space.shifts(),
            stage,
            1,
            0,
            capacity,
            SampleKernels.PLAIN);
  }

  /** Packed integers, four columns of a sample after the other. */
  private void packFew() {
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 1, _ -> width(), n -> n);
    addPack(stage, 4, columns, 1, width());
  }

  /** Packed integers, one sample after the other. */
  private void packMany(int capacity) {
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 1, n -> Grids.roundUp(n, 64), _ -> width());
    addPack(stage, 1, 4 * capacity, capacity, capacity);
  }

  private void addPack(int stage, int stepX, int stepY, int columnStep, int rowLength) {
    job.graph()
        .task(
            Job.task(stage),
            PackedByteKernels::pack,
            job.context(),
            job.call(),
            space.x(),
            packed,
            stage,
            stepX,
            stepY,
            columnStep,
            rowLength);
  }

  private void addFew() {
    if (packs) {
      packFew();
    }
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 8, n -> n * 32, _ -> rows);
    if (packs) {
      job.graph()
          .task(
              Job.task(stage),
              PackedByteKernels::few,
              job.context(),
              job.call(),
              shape,
              packedWeights,
              packed,
              space.sums(),
              stage);
    } else {
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::bytesFew,
              job.context(),
              job.call(),
              shape,
              weights,
              space.x(),
              space.sums(),
              stage);
    }
  }

  private void addMany(int capacity) {
    if (packs) {
      packMany(capacity);
    }
    int stage = job.nextStage();
    job.grids()
        .add(
            job.gridKey(stage),
            32,
            8,
            n -> Math.ceilDiv(n, 64) * 32,
            _ -> Math.ceilDiv(rows, 32) * 8);
    if (packs) {
      job.graph()
          .task(
              Job.task(stage),
              PackedByteKernels::many,
              job.context(),
              job.call(),
              shape,
              packedWeights,
              packed,
              space.sums(),
              stage,
              capacity);
    } else {
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::bytesMany,
              job.context(),
              job.call(),
              shape,
              weights,
              space.x(),
              space.sums(),
              stage,
              capacity);
    }
  }

  private void addFinish(boolean few, int capacity) {
    int stage = job.nextStage();
    String key = job.gridKey(stage);
    if (few) {
      job.grids().add(key, 256, 1, _ -> rows * 4, n -> n);
    } else {
      job.grids().add(key, 32, 8, n -> n, _ -> Math.ceilDiv(rows, 32) * 8);
    }
    job.graph()
        .task(
            Job.task(stage),
            few ? FinishKernels::few : FinishKernels::many,
            job.context(),
            job.call(),
            shape,
            space.sums(),
            space.scales(),
            powers,
            rowScales,
            negativeOffsets,
            none,
            space.output(),
            space.hiddenMaxima(),
            stage,
            capacity,
            0);
  }

  @Override
  public Job job() {
    return job;
  }

  @Override
  public long bytes() {
    return space.bytes()
        + DeviceMemory.bytes(
            List.of(weights, packedWeights, packed, rowScales, negativeOffsets, powers, none));
  }

  @Override
  public TornadoNativeArray output() {
    return space.output();
  }

  @Override
  public void put(float[] source, int threads) {
    space.put(source, 0, batch, columns, threads);
  }

  @Override
  public void take(float[] target, int threads) {
    space.take(target, 0, batch, rows, threads);
  }
}
