package org.bitindex.tornado.baseline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.matrix.Weights;
import org.bitindex.tornado.device.CallSize;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.Grids;
import org.bitindex.tornado.device.HostCopy;
import org.bitindex.tornado.device.Job;
import org.bitindex.tornado.device.TornadoTarget;
import org.bitindex.tornado.kernel.BaselineKernels;
import org.bitindex.tornado.kernel.Group;
import org.bitindex.tornado.kernel.ShapeElements;
import uk.ac.manchester.tornado.api.enums.DataTransferMode;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * Graphs of single-precision products; many samples of sparse weights are transposed on the device
 * and back.
 */
final class FloatBaseline implements TornadoBaseline.FormatGraph {
  private final int rows;
  private final int columns;
  private final int batch;
  private final int capacity;
  private final Job job;
  private final IntArray shape = new IntArray(ShapeElements.COEFFICIENTS);
  private final FloatArray input;
  private final FloatArray transposedInput;
  private final FloatArray transposedOutput;
  private final FloatArray output;
  private final List<TornadoNativeArray> arrays;

  private FloatBaseline(
      TornadoTarget target,
      Weights weights,
      int batch,
      boolean transposed,
      ProductTask product,
      TornadoNativeArray... constants) {
    this.job = new Job(target, "baseline", 3);
    this.rows = weights.rows();
    this.columns = weights.columns();
    this.batch = batch;
    this.capacity = Grids.roundUp(batch, Group.LANES);
    this.input = new FloatArray(batch * columns);
    this.output = new FloatArray(batch * rows);
    this.transposedInput = transposed ? new FloatArray(capacity * columns) : input;
    this.transposedOutput = transposed ? new FloatArray(capacity * rows) : output;
    shape.set(ShapeElements.ROWS, rows);
    shape.set(ShapeElements.COLUMNS, columns);
    this.arrays = new ArrayList<>(List.of(constants));
    arrays.addAll(List.of(shape, input, output));
    if (transposed) {
      arrays.addAll(List.of(transposedInput, transposedOutput));
    }
    job.graph().transferToDevice(DataTransferMode.FIRST_EXECUTION, (Object[]) constants);
    job.graph().transferToDevice(DataTransferMode.FIRST_EXECUTION, shape);
    job.graph().transferToDevice(DataTransferMode.EVERY_EXECUTION, job.call(), input);
    if (transposed) {
      addTranspose(input, transposedInput, batch, columns, columns, capacity);
    }
    product.addTo(this, job.nextStage());
    if (transposed) {
      addTranspose(transposedOutput, output, rows, batch, capacity, rows);
      job.keepOnDevice(transposedInput, transposedOutput);
    }
    job.graph()
        .transferToHost(DataTransferMode.EVERY_EXECUTION, job.call())
        .transferToHost(DataTransferMode.UNDER_DEMAND, output);
  }

  /** Adds a format's product. */
  @FunctionalInterface
  private interface ProductTask {
    void addTo(FloatBaseline graph, int stage);
  }

  private static boolean isMany(int batch) {
    return batch > CallSize.FEW_SAMPLES;
  }

  /** Row-major weights. */
  static FloatBaseline dense(TornadoTarget target, Weights weights, int batch) {
    var values = new FloatArray(weights.rows() * weights.columns());
    float[] row = new float[weights.columns()];
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, row);
      copy(row, values, i * row.length);
    }
    return new FloatBaseline(
        target, weights, batch, false, (graph, stage) -> graph.addDense(stage, values), values);
  }

  /** Compressed sparse rows. */
  static FloatBaseline csr(TornadoTarget target, Weights weights, int batch) {
    var csr = CsrArrays.of(weights);
    return new FloatBaseline(
        target,
        weights,
        batch,
        isMany(batch),
        (graph, stage) -> graph.addCsr(stage, csr),
        csr.rowOffsets(),
        csr.columnIndices(),
        csr.values());
  }

  private static void copy(float[] source, FloatArray target, int offset) {
    MemorySegment.copy(
        source,
        0,
        target.getSegment(),
        ValueLayout.JAVA_FLOAT,
        (long) offset * Float.BYTES,
        source.length);
  }

  private void addTranspose(
      FloatArray in, FloatArray out, int height, int width, int inStride, int outStride) {
    int stage = job.nextStage();
    job.grids().add(job.gridKey(stage), 32, 8, _ -> width, _ -> Math.ceilDiv(height, 32) * 8);
    job.graph()
        .task(
            Job.task(stage),
            BaselineKernels::transposeTile,
            job.context(),
            job.call(),
            in,
            out,
            stage,
            height,
            width,
            inStride,
            outStride);
  }

  private void addDense(int stage, FloatArray values) {
    if (isMany(batch)) {
      job.grids()
          .add(
              job.gridKey(stage),
              32,
              8,
              n -> Math.ceilDiv(n, 64) * 32,
              _ -> Math.ceilDiv(rows, 32) * 8);
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::denseMany,
              job.context(),
              job.call(),
              shape,
              values,
              input,
              output,
              stage);
    } else {
      job.grids().add(job.gridKey(stage), 32, 8, n -> n * 32, _ -> rows);
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::denseFew,
              job.context(),
              job.call(),
              shape,
              values,
              input,
              output,
              stage);
    }
  }

  private void addCsr(int stage, CsrArrays csr) {
    if (isMany(batch)) {
      job.grids().add(job.gridKey(stage), 32, 8, n -> n, _ -> rows);
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::csrMany,
              job.context(),
              job.call(),
              shape,
              csr.rowOffsets(),
              csr.columnIndices(),
              csr.values(),
              transposedInput,
              transposedOutput,
              stage,
              capacity);
    } else {
      job.grids().add(job.gridKey(stage), 32, 8, n -> n * 32, _ -> rows);
      job.graph()
          .task(
              Job.task(stage),
              BaselineKernels::csrFew,
              job.context(),
              job.call(),
              shape,
              csr.rowOffsets(),
              csr.columnIndices(),
              csr.values(),
              input,
              output,
              stage);
    }
  }

  @Override
  public Job job() {
    return job;
  }

  @Override
  public long bytes() {
    return DeviceMemory.bytes(arrays);
  }

  @Override
  public void put(float[] source, int threads) {
    HostCopy.put(source, input.getSegment(), batch, columns, threads);
  }

  @Override
  public TornadoNativeArray output() {
    return output;
  }

  @Override
  public void take(float[] target, int threads) {
    HostCopy.take(output.getSegment(), target, 0, batch, rows, threads);
  }
}
