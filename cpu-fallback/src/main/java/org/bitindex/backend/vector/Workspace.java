package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.product.Activations;

/** The memory of one execution at a time, of any plan; it follows the largest so far. */
final class Workspace {
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private final Step step;
  private float[] front = {};
  private float[] back = {};
  private float[] copiedInput = {};
  private float[] copiedOutput = {};

  Workspace(Kernels kernels, Workers workers) {
    step = new Step(kernels, workers);
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
      step.run(layer, source, sourceOffset, batch, target, targetOffset);
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
}
