package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.vector.product.Activations;
import org.bitindex.internal.Parallel;

/** Sends tiles of samples through the layers; the rows of a layer are shared between threads. */
final class VectorPlan extends Plan {
  /** The most features of a pass of samples, which bounds the memory for their tables. */
  private static final int PASS_COLUMNS = 1 << 20;

  /** The most outputs of a pass of samples in any layer. */
  private static final int PASS_ROWS = 1 << 24;

  /** Samples of a pass are a multiple of it, unless they are all. */
  private static final int PASS_UNIT = 8;

  private final List<VectorLayer> layers;
  private final int passSamples;

  private final VectorBackend backend;

  VectorPlan(List<Linear> layers, int activationBits, VectorBackend backend) {
    super(layers);
    this.backend = backend;
    int threads = backend.threads();
    this.layers =
        layers.stream()
            .map(layer -> new VectorLayer(layer, activationBits, backend.kernels(), threads))
            .toList();
    int columns = layers.stream().mapToInt(layer -> layer.weights().columns()).max().orElse(0);
    int rows = layers.stream().mapToInt(layer -> layer.weights().rows()).max().orElse(0);
    int most = Math.min(PASS_COLUMNS / Math.max(1, columns), PASS_ROWS / Math.max(1, rows));
    this.passSamples = Math.clamp(most, 1, Activations.SAMPLES);
  }

  @Override
  public long preparedBytes() {
    return layers.stream().mapToLong(VectorLayer::bytes).sum();
  }

  @Override
  protected void prepareFor(int[] batches) {
    for (int batch : passes(batches)) {
      layers.forEach(layer -> layer.weights().choice(batch));
    }
  }

  @Override
  protected int largestLike(int batch) {
    int largest =
        layers.stream().mapToInt(layer -> layer.weights().largestLike(batch)).min().orElseThrow();
    return Math.max(batch, largest >= passSamples ? Integer.MAX_VALUE : largest);
  }

  @Override
  protected void keepOnlyFor(int[] batches) {
    int[] kept = passes(batches);
    layers.forEach(layer -> layer.keepOnly(kept));
  }

  /** The sizes of the passes that batches are cut into. */
  private int[] passes(int[] batches) {
    return IntStream.of(batches)
        .flatMap(batch -> IntStream.of(samples(batch), batch % samples(batch)))
        .filter(size -> size > 0)
        .distinct()
        .toArray();
  }

  /** Samples of each pass but the last. */
  private int samples(int batch) {
    int passes = Math.ceilDiv(batch, passSamples);
    if (passes < backend.threads()) {
      return Math.clamp(batch, 1, passSamples);
    }
    int even = Math.ceilDiv(passes, backend.threads()) * backend.threads();
    int unit = Math.min(PASS_UNIT, passSamples);
    int evenly = Math.ceilDiv(Math.ceilDiv(batch, even), unit) * unit;
    return Math.clamp(evenly, 1, Math.min(batch, passSamples));
  }

  /** How many threads take whole passes, in which they wait for nobody; else they share each. */
  private int threads(int passes) {
    return passes < backend.threads() ? 1 : backend.threads();
  }

  @Override
  protected void run(float[] input, int inputOffset, int batch, float[] output, int outputOffset) {
    int samples = samples(batch);
    int passes = Math.ceilDiv(batch, samples);
    if (passes == 1) {
      pass(0, samples, input, inputOffset, batch, output, outputOffset);
      return;
    }
    Parallel.run(
        threads(passes),
        passes,
        (_, pass) -> pass(pass, samples, input, inputOffset, batch, output, outputOffset));
  }

  private void pass(
      int pass,
      int samples,
      float[] input,
      int inputOffset,
      int batch,
      float[] output,
      int outputOffset) {
    Workspace workspace = backend.takeWorkspace();
    int first = pass * samples;
    workspace.execute(
        layers,
        input,
        inputOffset + first * inputColumns(),
        Math.min(samples, batch - first),
        output,
        outputOffset + first * outputColumns());
    backend.putBack(workspace);
  }

  @Override
  protected void run(MemorySegment input, int batch, MemorySegment output) {
    int samples = samples(batch);
    Parallel.run(
        threads(Math.ceilDiv(batch, samples)),
        Math.ceilDiv(batch, samples),
        (_, pass) -> pass(pass, samples, input, batch, output));
  }

  private void pass(int pass, int samples, MemorySegment input, int batch, MemorySegment output) {
    Workspace workspace = backend.takeWorkspace();
    int first = pass * samples;
    workspace.execute(
        layers,
        input,
        (long) first * inputColumns() * Float.BYTES,
        Math.min(samples, batch - first),
        output,
        (long) first * outputColumns() * Float.BYTES);
    backend.putBack(workspace);
  }

  @Override
  protected void release() {
    keepOnlyFor(new int[0]);
  }
}
