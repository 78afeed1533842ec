package org.bitindex.cli.advise;

import java.util.function.Function;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Plan;
import org.bitindex.baseline.Baseline;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/** A matrix in one format. */
sealed interface Stored extends AutoCloseable {
  /** What the format makes of the weights. */
  Weights decoded();

  /** Bytes stored. */
  long bytes();

  /** Bytes of all that is held for products of {@code batch} samples. */
  long memoryBytes(int batch, Backend backend);

  /** How bits are laid out, a dash where there are none. */
  String layout();

  /** What a product works on for each weight: set bits of all planes, or stored values. */
  double density();

  /**
   * Prepares products of {@code batch} samples.
   *
   * @param backend multiplies encoded matrices
   * @param threads for the other formats
   */
  PreparedProduct product(int batch, Backend backend, int threads);

  @Override
  void close();

  /** An encoded matrix. */
  record Encoded(EncodedMatrix decoded) implements Stored {
    @Override
    public long bytes() {
      return decoded.bytes();
    }

    @Override
    public long memoryBytes(int batch, Backend backend) {
      try (Plan plan = backend.plan(decoded)) {
        plan.prepare(batch);
        return bytes() + plan.preparedBytes();
      }
    }

    @Override
    public String layout() {
      return decoded.layout().name();
    }

    @Override
    public double density() {
      return decoded.setBits() / ((double) decoded.rows() * decoded.columns());
    }

    @Override
    public PreparedProduct product(int batch, Backend backend, int threads) {
      Plan plan = backend.plan(decoded);
      plan.prepare(batch);
      return new PreparedProduct() {
        @Override
        public void multiply(float[] input, int samples, float[] output) {
          plan.execute(input, samples, output);
        }

        @Override
        public void close() {
          plan.close();
        }
      };
    }

    @Override
    public void close() {
      decoded.close();
    }
  }

  /**
   * Another format.
   *
   * @param format makes it of weights
   */
  record Other(
      Function<Weights, Baseline> format, Weights original, Baseline decoded, double density)
      implements Stored {
    @Override
    public long bytes() {
      return decoded.bytes();
    }

    /** Products read the stored form. */
    @Override
    public long memoryBytes(int batch, Backend backend) {
      return bytes();
    }

    @Override
    public String layout() {
      return "-";
    }

    @Override
    public PreparedProduct product(int batch, Backend backend, int threads) {
      double work = density * decoded.rows() * decoded.columns() * batch;
      return new RowShares(format, original, RowShares.count(threads, work));
    }

    @Override
    public void close() {}
  }
}
