package org.bitindex.tornado.baseline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.DeviceChain;
import org.bitindex.tornado.DeviceLayer;
import org.bitindex.tornado.DeviceMemory;
import org.bitindex.tornado.Grids;
import org.bitindex.tornado.Group;
import org.bitindex.tornado.Job;
import org.bitindex.tornado.Workspace;
import org.bitindex.tornado.kernel.BaselineKernels;
import org.bitindex.tornado.kernel.ProductKernels;
import org.bitindex.tornado.kernel.SampleKernels;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;

/**
 * The graph of an eight-bit product: w = scale(i) * q with |q| at most 127, and samples quantised
 * as for bit planes, to eight bits.
 */
final class ByteBaseline implements TornadoBaseline.Graph {
  private static final int LEVELS = 127;
  private static final int ACTIVATION_BITS = 8;

  private final Job job = new Job("baseline", 3);
  private final IntArray shape = new IntArray(DeviceLayer.COEFFICIENTS);
  private final ByteArray weights;
  private final FloatArray scales;
  private final FloatArray powers = DeviceChain.powersOfTwo();
  private final FloatArray none = new FloatArray(1);
  private final FloatArray input;
  private final FloatArray output;
  private final IntArray x;
  private final FloatArray reals;
  private final LongArray q;

  ByteBaseline(Weights matrix, int batch) {
    int rows = matrix.rows();
    int columns = matrix.columns();
    boolean many = batch >= Workspace.FEW_SAMPLES;
    int capacity = many ? Grids.roundUp(batch, Group.LANES) : batch;
    shape.set(DeviceLayer.ROWS, rows);
    shape.set(DeviceLayer.COLUMNS, columns);
    shape.set(DeviceLayer.BITS, ACTIVATION_BITS);
    this.weights = new ByteArray(rows * columns);
    this.scales = new FloatArray(rows);
    quantize(matrix);
    this.input = new FloatArray(batch * columns);
    this.output = new FloatArray(batch * rows);
    this.x = new IntArray(capacity * columns);
    this.reals = new FloatArray(capacity * SampleKernels.REALS);
    this.q = new LongArray(capacity * rows);
    job.graph()
        .transferToDevice(DataTransferMode.FIRST_EXECUTION, shape, weights, scales, powers, none)
        .transferToDevice(DataTransferMode.EVERY_EXECUTION, job.call(), input);
    addQuantize(many ? 1 : columns, many ? capacity : 1);
    addProduct(many, rows, capacity);
    addFinish(rows, many ? 1 : rows, many ? capacity : 1);
    job.graph().transferToHost(DataTransferMode.EVERY_EXECUTION, job.call(), output);
    job.keepOnDevice(x, reals, q);
  }

  private void quantize(Weights matrix) {
    float[] row = new float[matrix.columns()];
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.readRow(i, row);
      float max = 0;
      for (float w : row) {
        max = Math.max(max, Math.abs(w));
      }
      scales.set(i, max / LEVELS);
      for (int j = 0; j < row.length; j++) {
        long level = max == 0 ? 0 : Math.round((double) row[j] * LEVELS / max);
        weights.set(i * row.length + j, (byte) level);
      }
    }
  }

  private void addQuantize(int sampleStride, int columnStride) {
    int stage = job.nextStage();
    job.grids().addSamples(job.gridKey(stage));
    job.graph()
        .task(
            Job.task(stage),
            SampleKernels::quantizeSamples,
            job.context(),
            job.call(),
            shape,
            input,
            powers,
            x,
            reals,
            stage,
            sampleStride,
            columnStride);
  }

  private void addProduct(boolean many, int rows, int capacity) {
    int stage = job.nextStage();
    if (many) {
      job.grids().addSamplesByRows(job.gridKey(stage), rows, ProductKernels.ROWS_PER_ITEM);
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::bytesMany,
              job.context(),
              job.call(),
              shape,
              weights,
              x,
              q,
              stage,
              capacity);
    } else {
      job.grids().addSampleGroupsByRows(job.gridKey(stage), rows);
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::bytesFew,
              job.context(),
              job.call(),
              shape,
              weights,
              x,
              q,
              stage);
    }
  }

  private void addFinish(int rows, int sampleStride, int rowStride) {
    int stage = job.nextStage();
    job.grids().addOutputs(job.gridKey(stage), rows);
    job.graph()
        .task(
            Job.task(stage),
            SampleKernels::finishRows,
            job.context(),
            job.call(),
            shape,
            q,
            reals,
            scales,
            none,
            output,
            stage,
            sampleStride,
            rowStride,
            0);
  }

  @Override
  public Job job() {
    return job;
  }

  @Override
  public long bytes() {
    return DeviceMemory.bytes(
        List.of(shape, weights, scales, powers, none, input, output, x, reals, q));
  }

  @Override
  public void put(float[] source) {
    MemorySegment.copy(source, 0, input.getSegment(), ValueLayout.JAVA_FLOAT, 0, source.length);
  }

  @Override
  public void take(float[] target) {
    MemorySegment.copy(output.getSegment(), ValueLayout.JAVA_FLOAT, 0, target, 0, target.length);
  }
}
