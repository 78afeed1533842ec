package org.bitindex.nn;

import java.util.List;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;

/**
 * Layers one after the other: batch in, batch out. Safe for use by many threads; outputs depend
 * neither on the backend, nor on the threads, nor on how samples are split into batches.
 */
public final class Sequential implements AutoCloseable {
  private final List<Linear> layers;
  private final Plan plan;
  private final Runnable releaseOwned;

  /**
   * A network on a given backend. The matrices and the backend must stay open as long as the
   * network; the caller closes them.
   *
   * @param layers at least one; each layer's columns are the rows of the one before it
   * @param activationBits the most bits of an integer activation, 2 to 24
   * @throws IllegalArgumentException if the layers do not fit
   */
  public Sequential(List<Linear> layers, Backend backend, int activationBits) {
    this(layers, backend.plan(layers, activationBits), () -> {});
  }

  private Sequential(List<Linear> layers, Plan plan, Runnable releaseOwned) {
    this.layers = List.copyOf(layers);
    this.plan = plan;
    this.releaseOwned = releaseOwned;
  }

  /**
   * A network on the best backend of this machine, or the one that system property {@value
   * Backends#PROPERTY} names. The matrices must stay open as long as the network.
   *
   * @throws IllegalArgumentException if the layers do not fit
   */
  public static Sequential open(List<Linear> layers) {
    Backend backend = Backends.open();
    try {
      return new Sequential(
          layers, backend.plan(layers, Arithmetic.MAX_ACTIVATION_BITS), backend::close);
    } catch (Throwable t) {
      backend.close();
      throw t;
    }
  }

  /** The layers, from input to output. */
  public List<Linear> layers() {
    return layers;
  }

  /** Features of a sample. */
  public int inputColumns() {
    return plan.inputColumns();
  }

  /** Outputs of a sample. */
  public int outputColumns() {
    return plan.outputColumns();
  }

  /**
   * The outputs of one batch.
   *
   * @param input batch x inputColumns floats, row-major
   * @return batch x outputColumns floats, row-major
   * @throws IllegalArgumentException if the input is empty or not whole samples
   */
  public float[] apply(float[] input) {
    int batch = input.length / Math.max(1, inputColumns());
    if (batch == 0 || batch * inputColumns() != input.length) {
      throw new IllegalArgumentException(
          "input has "
              + input.length
              + " floats, expected one or more samples of "
              + inputColumns());
    }
    float[] output = new float[Math.multiplyExact(batch, outputColumns())];
    plan.execute(input, batch, output);
    return output;
  }

  /** Releases the prepared layers, and what this network opened itself. */
  @Override
  public void close() {
    plan.close();
    releaseOwned.run();
  }
}
