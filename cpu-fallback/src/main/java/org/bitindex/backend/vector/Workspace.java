package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.product.Activations;
import org.bitindex.backend.vector.product.Scratch;

/** The memory of one execution at a time. */
final class Workspace {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final Activations activations;
  private final Scratch[] scratch;
  private final List<Step> steps;
  private float[] front = {};
  private float[] back = {};
  private float[] copiedInput = {};
  private float[] copiedOutput = {};

  Workspace(List<VectorLayer> layers, Kernels kernels, Workers workers) {
    activations = new Activations(kernels);
    scratch = new Scratch[workers.count()];
    Arrays.setAll(scratch, _ -> new Scratch(kernels));
    steps =
        layers.stream()
            .map(layer -> new Step(layer, activations, scratch, kernels, workers))
            .toList();
  }

  /** Sends at most {@link Activations#SAMPLES} samples through all layers. */
  void execute(float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    float[] source = input;
    int sourceOffset = inputOffset;
    for (int i = 0; i < steps.size(); i++) {
      boolean last = i == steps.size() - 1;
      float[] target = last ? output : hidden(batch * steps.get(i).layer().rows());
      int targetOffset = last ? outputOffset : 0;
      steps.get(i).run(source, sourceOffset, batch, target, targetOffset);
      source = target;
      sourceOffset = targetOffset;
    }
  }

  /** As with arrays, through copies of the input and the output; offsets in bytes. */
  void execute(
      MemorySegment input, long inputOffset, int batch, MemorySegment output, long outputOffset) {
    int inputs = batch * steps.getFirst().layer().columns();
    int outputs = batch * steps.getLast().layer().rows();
    copiedInput = copiedInput.length < inputs ? new float[inputs] : copiedInput;
    copiedOutput = copiedOutput.length < outputs ? new float[outputs] : copiedOutput;
    MemorySegment.copy(input, FLOAT, inputOffset, copiedInput, 0, inputs);
    execute(copiedInput, 0, batch, copiedOutput, 0);
    MemorySegment.copy(copiedOutput, 0, output, FLOAT, outputOffset, outputs);
  }

  /** The buffer that is not being read, large enough for {@code floats}. */
  private float[] hidden(int floats) {
    float[] free = front;
    front = back;
    back = free.length < floats ? new float[floats] : free;
    return back;
  }

  long bytes() {
    long floats = (long) front.length + back.length + copiedInput.length + copiedOutput.length;
    return activations.bytes()
        + Arrays.stream(scratch).mapToLong(Scratch::bytes).sum()
        + floats * Float.BYTES;
  }
}
