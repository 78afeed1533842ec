package org.bitindex.lab.peers;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The time of one product by each peer; seeded Gaussian weights and samples. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class PeersBenchmark {
  private static final long SEED = 1;

  /** Names of {@link Peers}; {@code ./setup.sh bench} leaves out those whose library is absent. */
  @Param({
    "openblas",
    "ejml-dense",
    "ort-fp32",
    "csr-scalar",
    "csr-vector",
    "mkl-csr",
    "ejml-csc",
    "ort-q4-b32-a0",
    "ort-q4-b32-a4",
    "ort-q4-b128-a0",
    "ort-q4-b128-a4",
    "ort-q2-b128-a4",
    "ort-int8"
  })
  public String peer;

  /** Rows and columns of W. */
  @Param({"2048x1024"})
  public String shape;

  /** Samples of a product. */
  @Param({"1", "16", "64", "256"})
  public int batch;

  /** The fraction of weights that are not zero. */
  @Param({"1"})
  public double density;

  /** Threads of a product. */
  @Param({"1"})
  public int threads;

  private Peer product;

  /** Makes the peer and its input. */
  @Setup
  public void setUp() {
    PeerShape size = shape(shape, batch, threads);
    product = Peers.byName(peer).create(gaussian(size.rows() * size.columns(), density), size);
    product.input(gaussian(batch * size.columns(), 1));
  }

  /** Releases the peer's memory. */
  @TearDown
  public void tearDown() {
    product.close();
  }

  /** One product, without copies in or out. */
  @Benchmark
  public void multiply() {
    product.multiply();
  }

  private static PeerShape shape(String rowsByColumns, int batch, int threads) {
    String[] sizes = rowsByColumns.split("x", 2);
    return new PeerShape(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]), batch, threads);
  }

  private static float[] gaussian(int count, double density) {
    Random random = new Random(SEED);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0;
    }
    return values;
  }
}
