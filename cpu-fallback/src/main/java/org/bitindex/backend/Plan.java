package org.bitindex.backend;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bitindex.event.ExecuteEvent;
import org.bitindex.event.Recorder;
import org.bitindex.internal.BatchLength;
import org.bitindex.internal.Confinement;

/**
 * Layers prepared by a backend, to be executed often: each output row is the input row sent through
 * all layers. This class is the public door, which checks arguments; backends fill in {@link #run}
 * and {@link #release}.
 *
 * <p>Safe for use by many threads. Results depend neither on the thread count nor on how samples
 * are split into batches.
 */
public abstract class Plan implements AutoCloseable {
  private final int inputColumns;
  private final int outputColumns;
  private volatile boolean closed;

  /** A plan for {@code layers}, which {@link #requireChain} has accepted. */
  protected Plan(List<Linear> layers) {
    inputColumns = layers.getFirst().weights().columns();
    outputColumns = layers.getLast().weights().rows();
  }

  /**
   * Checks that layers fit each other and are open.
   *
   * @throws IllegalArgumentException if there is no layer, or a layer's columns are not the rows of
   *     the layer before it
   */
  public static List<Linear> requireChain(List<Linear> layers) {
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a plan needs at least one layer");
    }
    for (int i = 0; i < layers.size(); i++) {
      layers.get(i).weights().requireOpen();
      if (i > 0 && layers.get(i).weights().columns() != layers.get(i - 1).weights().rows()) {
        throw new IllegalArgumentException(
            "layer "
                + i
                + " has "
                + layers.get(i).weights().columns()
                + " columns, layer "
                + (i - 1)
                + " has "
                + layers.get(i - 1).weights().rows()
                + " rows");
      }
    }
    return List.copyOf(layers);
  }

  /** Features of a sample. */
  public final int inputColumns() {
    return inputColumns;
  }

  /** Outputs of a sample. */
  public final int outputColumns() {
    return outputColumns;
  }

  /**
   * Bytes that this plan holds beside the encoded matrices: weights in the forms that the batch
   * sizes so far asked for, and work space that it does not share with other plans.
   */
  public abstract long preparedBytes();

  /**
   * Prepares at once for batches of some sizes, whose first execution otherwise does.
   *
   * @param batches numbers of samples, each at least 1
   * @throws IllegalArgumentException if one is less
   * @throws IllegalStateException if the plan is closed
   */
  public final void prepare(int... batches) {
    requireOpen();
    requireSizes(batches);
    prepareFor(batches);
  }

  /**
   * Releases what only batches of other sizes asked for; these may still be executed, and then
   * prepare it again.
   *
   * @param batches numbers of samples, each at least 1; none releases all
   * @throws IllegalArgumentException if one is less
   * @throws IllegalStateException if the plan is closed
   */
  public final void keepOnly(int... batches) {
    requireOpen();
    requireSizes(batches);
    keepOnlyFor(batches);
  }

  /**
   * The largest batch up to which none needs weights in a form that neither is prepared nor is that
   * of batches of {@code batch} samples.
   *
   * @param batch number of samples, at least 1
   * @throws IllegalArgumentException if it is less
   * @throws IllegalStateException if the plan is closed
   */
  public final int largestBatchLike(int batch) {
    requireOpen();
    requireSizes(batch);
    return largestLike(batch);
  }

  /** The work of {@link #largestBatchLike}; this one has one form for all. */
  protected int largestLike(int batch) {
    return Integer.MAX_VALUE;
  }

  /** The work of {@link #prepare}; this one has nothing to prepare. */
  protected void prepareFor(int[] batches) {}

  /** The work of {@link #keepOnly}; this one has nothing to release. */
  protected void keepOnlyFor(int[] batches) {}

  private static void requireSizes(int... batches) {
    for (int batch : batches) {
      if (batch < 1) {
        throw new IllegalArgumentException(
            "a batch to prepare for is " + batch + ", must be at least 1");
      }
    }
  }

  /**
   * Sends {@code batch} samples through the layers.
   *
   * @param input batch x inputColumns floats, row-major; not changed
   * @param batch number of samples, at least 0
   * @param output batch x outputColumns floats, row-major
   * @throws IllegalArgumentException if an array has another length
   * @throws IllegalStateException if the plan is closed
   * @throws org.bitindex.BackendException if the device fails
   */
  public final void execute(float[] input, int batch, float[] output) {
    requireOpen();
    BatchLength.require("input", input.length, batch, inputColumns);
    BatchLength.require("output", output.length, batch, outputColumns);
    if (batch > 0) {
      ExecuteEvent event = Recorder.isStarted() ? ExecuteEvent.start() : null;
      run(input, 0, batch, output, 0);
      if (event != null) {
        event.finish(inputColumns, outputColumns, batch);
      }
    }
  }

  /**
   * As {@link #execute(float[], int, float[])}, with native-order floats in any segments, which may
   * be larger than an array. Those of a confined arena are copied in parts.
   */
  public final void execute(MemorySegment input, int batch, MemorySegment output) {
    requireOpen();
    requireWhole("input", input);
    requireWhole("output", output);
    if (output.isReadOnly()) {
      throw new IllegalArgumentException("output is read-only");
    }
    BatchLength.require("input", input.byteSize() / Float.BYTES, batch, inputColumns);
    BatchLength.require("output", output.byteSize() / Float.BYTES, batch, outputColumns);
    if (batch > 0) {
      ExecuteEvent event = Recorder.isStarted() ? ExecuteEvent.start() : null;
      if (Confinement.isConfined(input) || Confinement.isConfined(output)) {
        copied(input, batch, output);
      } else {
        run(input, batch, output);
      }
      if (event != null) {
        event.finish(inputColumns, outputColumns, batch);
      }
    }
  }

  /**
   * The work of {@link #execute(MemorySegment, int, MemorySegment)} where any thread may touch the
   * segments; this one copies to arrays and back.
   */
  protected void run(MemorySegment input, int batch, MemorySegment output) {
    copied(input, batch, output);
  }

  /** The caller alone touches the segments, which may belong to it. */
  private void copied(MemorySegment input, int batch, MemorySegment output) {
    int step = samplesOfStep(batch);
    float[] in = new float[step * inputColumns];
    float[] out = new float[step * outputColumns];
    for (int first = 0; first < batch; first += step) {
      int count = Math.min(step, batch - first);
      long inputAt = (long) first * inputColumns * Float.BYTES;
      long outputAt = (long) first * outputColumns * Float.BYTES;
      MemorySegment.copy(
          input, ValueLayout.JAVA_FLOAT_UNALIGNED, inputAt, in, 0, count * inputColumns);
      run(in, 0, count, out, 0);
      MemorySegment.copy(
          out, 0, output, ValueLayout.JAVA_FLOAT_UNALIGNED, outputAt, count * outputColumns);
    }
  }

  /** Samples whose input and output each stay under 16 Mi floats, at least 1. */
  private int samplesOfStep(int batch) {
    int widest = Math.max(1, Math.max(inputColumns, outputColumns));
    return Math.clamp(batch, 0, Math.max(1, (1 << 24) / widest));
  }

  private static void requireWhole(String name, MemorySegment floats) {
    if (floats.byteSize() % Float.BYTES != 0) {
      throw new IllegalArgumentException(
          name + " has " + floats.byteSize() + " bytes, which are not whole floats");
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the plan is closed");
    }
  }

  /**
   * The work of {@link #execute}: checked arguments, {@code batch} at least 1, offsets in floats.
   */
  protected abstract void run(
      float[] input, int inputOffset, int batch, float[] output, int outputOffset);

  /** Releases what the plan holds; called once. */
  protected abstract void release();

  @Override
  public final synchronized void close() {
    if (!closed) {
      closed = true;
      release();
    }
  }
}
