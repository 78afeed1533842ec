package org.bitindex.lab;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Plan;
import org.bitindex.lab.peers.Peer;
import org.bitindex.lab.peers.PeerProvider;
import org.bitindex.lab.peers.PeerShape;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/** The product of several matrices with a batch of random samples each, prepared to be repeated. */
final class DemoProduct implements AutoCloseable {
  private final List<Factor> factors;

  /** One matrix and its samples. */
  private record Factor(Runnable multiply, Supplier<float[]> output, Runnable close) {}

  private DemoProduct(List<Factor> factors) {
    this.factors = factors;
  }

  /** The product on a backend. */
  static DemoProduct on(Backend backend, List<EncodedMatrix> matrices, int batch) {
    List<Factor> factors = new ArrayList<>();
    for (EncodedMatrix matrix : matrices) {
      Plan plan = backend.plan(matrix);
      plan.prepare(batch);
      float[] samples = samples(matrix, batch);
      float[] output = new float[batch * matrix.rows()];
      factors.add(
          new Factor(() -> plan.execute(samples, batch, output), () -> output, plan::close));
    }
    return new DemoProduct(factors);
  }

  /** The product of the decoded matrices in another library. */
  static DemoProduct with(PeerProvider peer, List<EncodedMatrix> matrices, int batch, int threads) {
    List<Factor> factors = new ArrayList<>();
    for (EncodedMatrix matrix : matrices) {
      var shape = new PeerShape(matrix.rows(), matrix.columns(), batch, threads);
      Peer product =
          peer.create(DenseMatrix.copyOf(matrix).data().toArray(ValueLayout.JAVA_FLOAT), shape);
      product.input(samples(matrix, batch));
      float[] output = new float[batch * matrix.rows()];
      Supplier<float[]> read =
          () -> {
            product.output(output);
            return output;
          };
      factors.add(new Factor(product::multiply, read, product::close));
    }
    return new DemoProduct(factors);
  }

  /** Standard normal samples, the same on every call. */
  private static float[] samples(EncodedMatrix matrix, int batch) {
    var random = new Random(matrix.columns());
    float[] samples = new float[batch * matrix.columns()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) random.nextGaussian();
    }
    return samples;
  }

  /** Multiplies every matrix with its samples. */
  void multiply() {
    factors.forEach(factor -> factor.multiply().run());
  }

  /** The last outputs, for each matrix batch x rows floats. */
  List<float[]> outputs() {
    return factors.stream().map(factor -> factor.output().get()).toList();
  }

  @Override
  public void close() {
    factors.forEach(factor -> factor.close().run());
  }
}
