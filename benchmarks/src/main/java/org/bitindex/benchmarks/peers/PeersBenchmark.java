package org.bitindex.benchmarks.peers;

import java.util.Collection;
import java.util.Locale;
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
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

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

  /** Names of {@link Peers}; {@link #main} leaves out those whose library is absent. */
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

  /**
   * Runs the benchmark with JMH's options, on every available peer unless {@code -p peer=} names
   * some, and prints a table.
   */
  public static void main(String[] args) throws CommandLineOptionException, RunnerException {
    CommandLineOptions options = new CommandLineOptions(args);
    OptionsBuilder builder = new OptionsBuilder();
    builder.parent(options).include(PeersBenchmark.class.getName());
    if (!options.getParameter("peer").hasValue()) {
      builder.param("peer", availablePeers());
    }
    print(new Runner(builder.build()).run());
  }

  private static String[] availablePeers() {
    Peers.all().forEach(peer -> peer.unavailable().ifPresent(System.err::println));
    return Peers.all().stream()
        .filter(peer -> peer.unavailable().isEmpty())
        .map(PeerProvider::name)
        .toArray(String[]::new);
  }

  private static void print(Collection<RunResult> results) {
    System.out.println("peer             shape      batch density threads   median us   G MAC/s");
    for (RunResult result : results) {
      BenchmarkParams params = result.getParams();
      int batch = Integer.parseInt(params.getParam("batch"));
      PeerShape size = shape(params.getParam("shape"), batch, 1);
      double micros = result.getPrimaryResult().getStatistics().getPercentile(50);
      System.out.printf(
          Locale.ROOT,
          "%-16s %-10s %5d %7s %7s %11.1f %9.1f%n",
          params.getParam("peer"),
          params.getParam("shape"),
          batch,
          params.getParam("density"),
          params.getParam("threads"),
          micros,
          size.multiplyAdds() / micros * 1e-3);
    }
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
