package org.bitindex.tornado.baseline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.CallArrays;
import org.bitindex.tornado.CallSize;
import org.bitindex.tornado.DeviceChain;
import org.bitindex.tornado.DeviceMemory;
import org.bitindex.tornado.DeviceWeights;
import org.bitindex.tornado.Grids;
import org.bitindex.tornado.Job;
import org.bitindex.tornado.kernel.BaselineKernels;
import org.bitindex.tornado.kernel.FinishKernels;
import org.bitindex.tornado.kernel.SampleKernels;
import org.bitindex.tornado.kernel.Shape;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.DoubleArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * The graph of an eight-bit product: w = scale(i) * q with |q| at most 127, and samples quantised
 * and finished as for bit planes, to eight bits with one scale a sample.
 */
final class ByteBaseline implements TornadoBaseline.Graph {
  private static final int LEVELS = 127;
  private static final int ACTIVATION_BITS = 8;

  private final Job job = new Job("baseline", 3);
  private final IntArray shape = new IntArray(Shape.COEFFICIENTS + 1);
  private final int rows;
  private final int columns;
  private final int batch;
  private final ByteArray weights;
  private final FloatArray rowScales;
  private final FloatArray negativeOffsets;
  private final DoubleArray powers = DeviceChain.powersOfTwo();
  private final FloatArray none = new FloatArray(1);
  private final CallArrays space;

  ByteBaseline(Weights matrix, int batch) {
    this.rows = matrix.rows();
    this.columns = matrix.columns();
    this.batch = batch;
    boolean few = batch <= CallSize.FEW_SAMPLES;
    CallSize callSize = new CallSize(few ? batch : Grids.roundUp(batch, 64));
    fillShape();
    this.weights = new ByteArray(rows * columns);
    this.rowScales = new FloatArray(rows);
    this.negativeOffsets = new FloatArray(rows);
    negativeOffsets.init(-0f);
    quantize(matrix);
    this.space = space(callSize);
    job.graph()
        .transferToDevice(
            DataTransferMode.FIRST_EXECUTION,
            shape,
            weights,
            rowScales,
            negativeOffsets,
            powers,
            none)
        .transferToDevice(
            DataTransferMode.EVERY_EXECUTION, job.call(), space.input(), space.maxima());
    if (few) {
      addFew();
    } else {
      addMany(callSize.capacity());
    }
    addFinish(few, callSize.capacity());
    job.graph()
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call())
        .transferToHost(DataTransferMode.UNDER_DEMAND, space.output());
    job.keepOnDevice(space.x(), space.scales(), space.sums(), space.shifts(), space.hiddenMaxima());
  }

  private void fillShape() {
    shape.set(Shape.ROWS, rows);
    shape.set(Shape.COLUMNS, columns);
    shape.set(Shape.LINE_STRIDE, rows);
    shape.set(Shape.WORDS, DeviceWeights.words(columns));
    shape.set(Shape.PLANES, 1);
    shape.set(Shape.ACTIVATION_BITS, ACTIVATION_BITS);
    shape.set(Shape.INTEGER_BITS, ACTIVATION_BITS);
    shape.set(Shape.FEW_SLICES, 1);
    shape.set(Shape.MANY_SLICES, 1);
    shape.set(Shape.COEFFICIENTS, 1);
  }

  private CallArrays space(CallSize callSize) {
    int capacity = callSize.capacity();
    return new CallArrays(
        callSize,
        new IntArray(batch * columns),
        new IntArray(capacity),
        new IntArray(1),
        new IntArray(1),
        new IntArray(batch * rows),
        new IntArray(capacity),
        new IntArray(capacity * groups() * DeviceWeights.GROUP_COLUMNS),
        new IntArray(1),
        new IntArray(1),
        new LongArray(capacity * rows));
  }

  private int groups() {
    return Math.ceilDiv(columns, DeviceWeights.GROUP_COLUMNS);
  }

  private void quantize(Weights matrix) {
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
        weights.set(i * row.length + j, (byte) level);
      }
    }
  }

  private void addFew() {
    int quantize = job.nextStage();
    job.grids().add(job.gridKey(quantize), 128, 1, _ -> groups() * 128, n -> n);
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 8, n -> n * 32, _ -> rows);
    job.graph()
        .task(
            Job.task(quantize),
            SampleKernels::quantizeFew,
            job.context(),
            job.call(),
            shape,
            space.input(),
            space.maxima(),
            space.scales(),
            space.x(),
            quantize,
            1,
            0)
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

  private void addMany(int capacity) {
    int quantize = job.nextStage();
    job.grids().add(job.gridKey(quantize), 32, 8, n -> Grids.roundUp(n, 64), _ -> groups() * 8);
    int stage = job.nextStage();
    job.grids()
        .add(
            job.gridKey(stage),
            32,
            8,
            n -> Math.ceilDiv(n, 64) * 32,
            _ -> Math.ceilDiv(rows, 32) * 8);
    job.graph()
        .task(
            Job.task(quantize),
            SampleKernels::quantizeMany,
            job.context(),
            job.call(),
            shape,
            space.input(),
            space.maxima(),
            space.scales(),
            space.x(),
            space.shifts(),
            quantize,
            1,
            0,
            capacity,
            SampleKernels.PLAIN)
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

  private void addFinish(boolean few, int capacity) {
    int stage = job.nextStage();
    String key = job.gridKey(stage);
    if (few) {
      job.grids().add(key, 256, 1, _ -> rows, n -> n);
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
        + DeviceMemory.bytes(List.of(shape, weights, rowScales, negativeOffsets, powers, none));
  }

  @Override
  public TornadoNativeArray output() {
    return space.output();
  }

  @Override
  public void put(float[] source) {
    space.put(source, 0, batch, columns);
  }

  @Override
  public void take(float[] target) {
    MemorySegment.copy(
        space.output().getSegment(), ValueLayout.JAVA_FLOAT, 0, target, 0, target.length);
  }
}
