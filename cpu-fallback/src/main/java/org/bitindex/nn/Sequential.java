package org.bitindex.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.io.ModelFile;

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

  /**
   * The network of a file, on the best backend of this machine as above. All of the file is read
   * and checked.
   *
   * @throws EncodedFormatException if the file is damaged or describes no network, naming the file
   * @throws IOException if the file cannot be read
   */
  public static Sequential open(Path path) throws IOException {
    Backend backend = Backends.open();
    try {
      return open(path, backend, Arithmetic.MAX_ACTIVATION_BITS, backend::close);
    } catch (Throwable t) {
      backend.close();
      throw t;
    }
  }

  /**
   * The network of a file on a given backend, which must stay open as long as the network.
   *
   * @param activationBits the most bits of an integer activation, 2 to 24
   * @throws EncodedFormatException if the file is damaged or describes no network, naming the file
   * @throws IOException if the file cannot be read
   */
  public static Sequential open(Path path, Backend backend, int activationBits) throws IOException {
    return open(path, backend, activationBits, () -> {});
  }

  private static Sequential open(
      Path path, Backend backend, int activationBits, Runnable releaseBackend) throws IOException {
    ModelFile file = ModelFile.open(path);
    try {
      file.verify();
      List<Linear> layers = NetworkFile.layers(file);
      return new Sequential(
          layers,
          backend.plan(layers, activationBits),
          () -> {
            file.close();
            releaseBackend.run();
          });
    } catch (Throwable t) {
      file.close();
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

  /**
   * Sends a stream of samples through the network, one mini-batch in memory at a time.
   *
   * @param batch samples of a mini-batch, at least 1
   * @param progress is told the number of finished samples after each mini-batch
   * @return the number of samples
   * @throws IllegalArgumentException if there are no samples
   * @throws IOException if {@code source} or {@code sink} throws it
   */
  public long stream(SampleSource source, SampleSink sink, int batch, LongConsumer progress)
      throws IOException {
    if (batch < 1) {
      throw new IllegalArgumentException("batch is " + batch + ", must be at least 1");
    }
    float[] input = new float[Math.multiplyExact(batch, inputColumns())];
    long done = 0;
    for (int count; (count = source.read(input, batch)) > 0; ) {
      sink.write(apply(Arrays.copyOf(input, count * inputColumns())), count);
      done += count;
      progress.accept(done);
    }
    if (done == 0) {
      throw new IllegalArgumentException("there are no samples");
    }
    return done;
  }

  /** Releases the prepared layers, and what this network opened itself. */
  @Override
  public void close() {
    plan.close();
    releaseOwned.run();
  }
}
