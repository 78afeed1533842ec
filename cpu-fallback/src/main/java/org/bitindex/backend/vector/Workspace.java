package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.product.Activations;
import org.bitindex.backend.vector.product.PreparedWeights;
import org.bitindex.backend.vector.product.Product;
import org.bitindex.backend.vector.product.RowParts;
import org.bitindex.backend.vector.product.Scratch;
import org.jspecify.annotations.Nullable;

/** The memory of one execution at a time, and the tasks that its workers share. */
final class Workspace {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  /** Estimated work from which the help of threads pays that wait awake. */
  private static final double SHARED_NANOSECONDS = 8_000;

  /** Estimated work from which waking them pays. */
  private static final double WAKING_NANOSECONDS = 40_000;

  private final Workers workers;
  private final Activations activations;
  private final Scratch[] scratch;
  private final Workers.Task arrange = this::arrange;
  private final Workers.Task multiply = this::multiply;
  private float[] front = {};
  private float[] back = {};
  private float[] copiedInput = {};
  private float[] copiedOutput = {};

  // What the tasks work on.
  private @Nullable VectorLayer layer;
  private PreparedWeights.@Nullable Choice choice;
  private float[] input = {};
  private int inputOffset;
  private float[] output = {};
  private int outputOffset;

  Workspace(Kernels kernels, Workers workers) {
    this.workers = workers;
    this.activations = new Activations(kernels);
    this.scratch = new Scratch[workers.count()];
    Arrays.setAll(scratch, _ -> new Scratch(kernels));
  }

  /** Sends at most {@link Activations#SAMPLES} samples through all layers. */
  void execute(
      List<VectorLayer> layers,
      float[] source,
      int sourceOffset,
      int batch,
      float[] target,
      int targetOffset) {
    input = source;
    inputOffset = sourceOffset;
    for (int i = 0; i < layers.size(); i++) {
      VectorLayer current = layers.get(i);
      boolean last = i == layers.size() - 1;
      output = last ? target : hidden(batch * current.rows());
      outputOffset = last ? targetOffset : 0;
      multiply(current, batch);
      input = output;
      inputOffset = outputOffset;
    }
    // Keeps no caller's array alive.
    input = back;
    output = back;
    layer = null;
    choice = null;
  }

  /** As with arrays, through copies of the input and the output; offsets in bytes. */
  void execute(
      List<VectorLayer> layers,
      MemorySegment source,
      long sourceOffset,
      int batch,
      MemorySegment target,
      long targetOffset) {
    int inputs = batch * layers.getFirst().columns();
    int outputs = batch * layers.getLast().rows();
    copiedInput = copiedInput.length < inputs ? new float[inputs] : copiedInput;
    copiedOutput = copiedOutput.length < outputs ? new float[outputs] : copiedOutput;
    MemorySegment.copy(source, FLOAT, sourceOffset, copiedInput, 0, inputs);
    execute(layers, copiedInput, 0, batch, copiedOutput, 0);
    MemorySegment.copy(copiedOutput, 0, target, FLOAT, targetOffset, outputs);
  }

  /** The buffer that is not being read, large enough for {@code floats}. */
  private float[] hidden(int floats) {
    float[] free = front;
    front = back;
    back = free.length < floats ? new float[floats] : free;
    return back;
  }

  private void multiply(VectorLayer current, int batch) {
    PreparedWeights weights = current.weights();
    layer = current;
    choice = weights.choice(batch);
    activations.begin(batch, current.columns(), current.activationBits());
    if (choice.tables()) {
      activations.reserveTables(weights.format());
    }
    if (choice.panels()) {
      activations.reservePanels(choice.packed(), weights.panelColumns());
    }
    for (Scratch own : scratch) {
      own.reserve(weights.parts().partRows(), current.columns(), choice.planes());
    }
    double nanoseconds = choice.sampleNanoseconds() * batch;
    boolean shared = nanoseconds > (workers.awake() ? SHARED_NANOSECONDS : WAKING_NANOSECONDS);
    run(arrange, activations.tiles(), shared);
    run(multiply, activations.tiles() * weights.parts().count(), shared);
  }

  private void run(Workers.Task task, int count, boolean shared) {
    if (shared) {
      workers.run(task, count);
    } else {
      for (int i = 0; i < count; i++) {
        task.run(0, i);
      }
    }
  }

  private VectorLayer layer() {
    if (layer == null) {
      throw new IllegalStateException("no layer at work");
    }
    return layer;
  }

  private PreparedWeights.Choice choice() {
    if (choice == null) {
      throw new IllegalStateException("no layer at work");
    }
    return choice;
  }

  /** Quantises one tile of samples. */
  private void arrange(int worker, int tile) {
    activations.quantize(tile, input, inputOffset);
    if (choice().tables()) {
      activations.makeTables(tile, layer().weights().format(), scratch[worker]);
    }
    if (choice().panels()) {
      activations.makePanels(tile, scratch[worker]);
    }
  }

  /** One part of the rows for one tile of samples; tiles take turns last, to stay in the cache. */
  private void multiply(int worker, int item) {
    VectorLayer current = layer();
    RowParts parts = current.weights().parts();
    Scratch own = scratch[worker];
    int tile = item / parts.count();
    int part = item % parts.count();
    int samples = activations.samples(tile);
    int rows = current.rows();
    int first = outputOffset + tile * activations.tileSamples() * rows + parts.first(part);
    if (choice().written()) {
      choice()
          .products()
          .getFirst()
          .write(activations, tile, samples, part, own, output, first, rows);
    } else {
      sum(tile, samples, part, own, first);
    }
    for (int s = 0; s < samples; s++) {
      int n = tile * activations.tileSamples() + s;
      current.finish(output, first + s * rows, activations, n, parts.first(part), parts.size(part));
    }
  }

  /** Writes y = float(Q), the sum of all products. */
  private void sum(int tile, int samples, int part, Scratch own, int first) {
    VectorLayer current = layer();
    RowParts parts = current.weights().parts();
    int stride = Scratch.stride(parts.partRows());
    Arrays.fill(own.q, 0, samples * stride, 0);
    List<Product> products = choice().products();
    for (int i = 0; i < products.size(); i++) {
      products.get(i).add(activations, tile, samples, part, own);
    }
    for (int s = 0; s < samples; s++) {
      current.round(own.q, s * stride, parts.size(part), output, first + s * current.rows());
    }
  }

  long bytes() {
    long floats = (long) front.length + back.length + copiedInput.length + copiedOutput.length;
    return activations.bytes()
        + Arrays.stream(scratch).mapToLong(Scratch::bytes).sum()
        + floats * Float.BYTES;
  }
}
