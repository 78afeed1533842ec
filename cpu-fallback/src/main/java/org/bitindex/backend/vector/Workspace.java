package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.product.Activations;
import org.bitindex.backend.vector.product.PartProduct;
import org.bitindex.backend.vector.product.Prepared;
import org.bitindex.backend.vector.product.RowParts;
import org.bitindex.backend.vector.product.Scratch;
import org.bitindex.internal.Parallel;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one execution at a time, of any plan; it follows the largest so far. Layer after
 * layer, first the tiles of samples are arranged, then tiles times parts of the rows are
 * multiplied. The tasks of both are made once for all layers, so that running allocates nothing.
 */
final class Workspace {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Estimated work from which the help of threads pays that wait awake. */
  private static final double SHARED_NANOSECONDS = 8_000;

  /** Estimated work from which waking them pays. */
  private static final double WAKING_NANOSECONDS = 40_000;

  private static final float[] NO_FLOATS = {};

  private final Activations activations;
  private final Scratch[] scratch;
  private final Kernels kernels;
  private final int threads;
  private final Parallel.Task arrange = this::arrange;
  private final Parallel.Task multiply = this::multiply;
  private @Nullable VectorLayer current;
  private Prepared.Choice choice = Prepared.Choice.NOTHING;
  private float[] layerInput = NO_FLOATS;
  private int layerInputOffset;
  private float[] layerOutput = NO_FLOATS;
  private int layerOutputOffset;
  private float[] front = {};
  private float[] back = {};
  private float[] copiedInput = {};
  private float[] copiedOutput = {};

  Workspace(Kernels kernels, int threads) {
    this.activations = new Activations(kernels);
    this.scratch = new Scratch[threads];
    Arrays.setAll(scratch, _ -> new Scratch(kernels));
    this.kernels = kernels;
    this.threads = threads;
  }

  /** Sends at most {@link Activations#SAMPLES} samples through all layers. */
  void execute(
      List<VectorLayer> layers,
      float[] input,
      int inputOffset,
      int batch,
      float[] output,
      int outputOffset) {
    float[] source = input;
    int sourceOffset = inputOffset;
    for (int i = 0; i < layers.size(); i++) {
      VectorLayer layer = layers.get(i);
      boolean last = i == layers.size() - 1;
      float[] target = last ? output : hidden(batch * layer.rows());
      int targetOffset = last ? outputOffset : 0;
      run(layer, source, sourceOffset, batch, target, targetOffset);
      source = target;
      sourceOffset = targetOffset;
    }
  }

  /** As with arrays, through copies of the input and the output; offsets in bytes. */
  void execute(
      List<VectorLayer> layers,
      MemorySegment input,
      long inputOffset,
      int batch,
      MemorySegment output,
      long outputOffset) {
    int inputs = batch * layers.getFirst().columns();
    int outputs = batch * layers.getLast().rows();
    copiedInput = copiedInput.length < inputs ? new float[inputs] : copiedInput;
    copiedOutput = copiedOutput.length < outputs ? new float[outputs] : copiedOutput;
    MemorySegment.copy(input, FLOAT, inputOffset, copiedInput, 0, inputs);
    execute(layers, copiedInput, 0, batch, copiedOutput, 0);
    MemorySegment.copy(copiedOutput, 0, output, FLOAT, outputOffset, outputs);
  }

  /** The buffer that is not being read, large enough for {@code floats}. */
  private float[] hidden(int floats) {
    float[] free = front;
    front = back;
    back = free.length < floats ? new float[floats] : free;
    return back;
  }

  /** Multiplies {@code batch} samples by one layer. */
  private void run(
      VectorLayer layer,
      float[] source,
      int sourceOffset,
      int batch,
      float[] target,
      int targetOffset) {
    current = layer;
    Prepared weights = layer.weights();
    choice = weights.choice(batch);
    layerInput = source;
    layerInputOffset = sourceOffset;
    layerOutput = target;
    layerOutputOffset = targetOffset;
    activations.begin(batch, weights.samples(), choice.forms());
    for (Scratch own : scratch) {
      if (choice.acrossLanes()) {
        own.reserveLanes(weights.parts().partRows(), choice.planes());
      } else {
        own.reserveRows(weights.parts().partRows(), Math.min(batch, activations.tileSamples()));
      }
    }
    double nanoseconds = choice.sampleNanoseconds() * batch;
    boolean shared =
        nanoseconds > (Parallel.awake(threads) ? SHARED_NANOSECONDS : WAKING_NANOSECONDS);
    run(arrange, activations.units(), shared);
    run(multiply, activations.tiles() * weights.parts().count(), shared);
    // Keeps no caller's array and no plan's weights alive.
    current = null;
    choice = Prepared.Choice.NOTHING;
    layerInput = NO_FLOATS;
    layerOutput = NO_FLOATS;
  }

  private void run(Parallel.Task task, int count, boolean shared) {
    if (shared) {
      Parallel.run(threads, count, task);
    } else {
      for (int i = 0; i < count; i++) {
        task.run(0, i);
      }
    }
  }

  private void arrange(int worker, int unit) {
    activations.arrange(unit, layerInput, layerInputOffset, scratch[worker]);
  }

  /** One part of the rows for one tile of samples; tiles take turns last, to stay in the cache. */
  private void multiply(int worker, int item) {
    VectorLayer layer = Objects.requireNonNull(current);
    RowParts parts = layer.weights().parts();
    Scratch own = scratch[worker];
    int tile = item / parts.count();
    int part = item % parts.count();
    int first =
        layerOutputOffset + tile * activations.tileSamples() * layer.rows() + parts.first(part);
    if (choice.acrossLanes()) {
      sumAcrossLanes(layer, tile, part, own, first);
    } else {
      sumRows(layer, tile, part, own, first);
    }
    for (int s = 0; s < activations.samples(tile); s++) {
      int n = tile * activations.tileSamples() + s;
      layer.finish(
          layerOutput,
          first + s * layer.rows(),
          activations,
          n,
          parts.first(part),
          parts.size(part));
    }
  }

  /** Writes y = float(Q), with the rows' sums in doubles. */
  private void sumRows(VectorLayer layer, int tile, int part, Scratch own, int first) {
    RowParts parts = layer.weights().parts();
    int stride = Scratch.stride(parts.partRows());
    int samples = activations.samples(tile);
    Arrays.fill(own.q, 0, samples * stride, 0);
    add(tile, 0, part, own);
    for (int s = 0; s < samples; s++) {
      int at = first + s * layer.rows();
      kernels.outputs().round(own.q, s * stride, parts.size(part), layerOutput, at);
    }
  }

  /** Writes y = float(Q), with sums in the lanes' totals; packed lanes have both vectors' sums. */
  private void sumAcrossLanes(VectorLayer layer, int tile, int part, Scratch own, int first) {
    int lanes = activations.lanes();
    int samples = activations.samples(tile);
    boolean packed = activations.packed();
    for (int vector = 0; vector < activations.vectors(tile); vector++) {
      if (vector == 0 || !packed) {
        own.totals.fill((byte) 0);
        add(tile, vector, part, own);
      }
      long from = packed && vector == 1 ? own.highAt() : 0;
      int count = layer.weights().parts().size(part);
      int at = first + vector * lanes * layer.rows();
      int few = Math.min(lanes, samples - vector * lanes);
      if (choice.intTotals()) {
        kernels
            .panels()
            .writeInts(
                own.totals, from, count, layerOutput, at, layer.rows(), few, own.transposition);
      } else {
        kernels
            .panels()
            .writeDoubles(
                own.totals, from, count, layerOutput, at, layer.rows(), few, own.transposition);
      }
    }
  }

  private void add(int tile, int vector, int part, Scratch own) {
    List<PartProduct> products = choice.products();
    for (int i = 0; i < products.size(); i++) {
      products.get(i).add(activations, tile, vector, part, own);
    }
  }
}
