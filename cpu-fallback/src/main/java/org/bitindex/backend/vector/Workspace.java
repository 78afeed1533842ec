package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bitindex.backend.vector.product.Activations;
import org.bitindex.backend.vector.product.Choice;
import org.bitindex.backend.vector.product.Division;
import org.bitindex.backend.vector.product.Scratch;
import org.bitindex.internal.Parallel;

/**
 * The memory of one execution at a time, of any plan; it follows the largest so far. Layer after
 * layer, first the tiles of samples are arranged, then tiles times parts of the rows are
 * multiplied. The tasks of both are made once for all layers, so that running allocates nothing.
 */
final class Workspace {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private static final float[] NO_FLOATS = {};

  private final Activations activations;
  private final Scratch[] scratch;
  private final Parallel.Task arrange = this::arrange;
  private final Parallel.Task multiply = this::multiply;

  // What runs now, for the tasks.
  private List<VectorLayer> layers = List.of();
  private int current;
  private Choice choice = Choice.NOTHING;
  private float[] layerInput = NO_FLOATS;
  private int layerInputOffset;
  private float[] layerOutput = NO_FLOATS;
  private int layerOutputOffset;

  private float[] front = NO_FLOATS;
  private float[] back = NO_FLOATS;
  private float[] copiedInput = NO_FLOATS;
  private float[] copiedOutput = NO_FLOATS;

  /** Of kernels of one width, with one scratch memory for each thread. */
  Workspace(Activations activations, Scratch[] scratch) {
    this.activations = activations;
    this.scratch = scratch;
  }

  /** Sends at most {@link Activations#SAMPLES} samples through all layers. */
  void execute(
      List<VectorLayer> allLayers,
      float[] input,
      int inputOffset,
      int batch,
      float[] output,
      int outputOffset) {
    layers = allLayers;
    layerInput = input;
    layerInputOffset = inputOffset;
    for (current = 0; current < layers.size(); current++) {
      boolean last = current == layers.size() - 1;
      layerOutput = last ? output : hidden(batch * layers.get(current).rows());
      layerOutputOffset = last ? outputOffset : 0;
      run(batch);
      layerInput = layerOutput;
      layerInputOffset = layerOutputOffset;
    }
    // Keeps no caller's array and no plan's weights alive.
    layers = List.of();
    choice = Choice.NOTHING;
    layerInput = NO_FLOATS;
    layerOutput = NO_FLOATS;
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

  /** Multiplies {@code batch} samples by the current layer. */
  private void run(int batch) {
    choice = layers.get(current).weights().choice(batch);
    activations.begin(batch, choice);
    for (Scratch own : scratch) {
      choice.reserve(own, Math.min(batch, activations.tileSamples()));
    }
    boolean shared = choice.shares(batch, Parallel.awake(scratch.length));
    run(arrange, activations.units(), shared);
    run(multiply, activations.tiles() * choice.division().parts(), shared);
  }

  private void run(Parallel.Task task, int count, boolean shared) {
    if (shared) {
      Parallel.run(scratch.length, count, task);
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
    VectorLayer layer = layers.get(current);
    Division division = choice.division();
    int tile = item / division.parts();
    int part = item % division.parts();
    int row = division.first(part);
    int first = layerOutputOffset + tile * activations.tileSamples() * layer.rows() + row;
    choice.multiply(activations, tile, part, scratch[worker], layerOutput, first);
    for (int s = 0; s < activations.samples(tile); s++) {
      int n = tile * activations.tileSamples() + s;
      int at = first + s * layer.rows();
      layer.finish(layerOutput, at, activations, n, row, division.size(part));
    }
  }
}
