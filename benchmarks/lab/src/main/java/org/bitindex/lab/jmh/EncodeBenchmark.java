package org.bitindex.lab.jmh;

import java.util.concurrent.TimeUnit;
import org.bitindex.cli.measure.Workload;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
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
import org.openjdk.jmh.annotations.Warmup;

/** The time to encode dense weights. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED"})
public class EncodeBenchmark {
  @Param({"binary", "symmetric4"})
  public String code;

  @Param({"flat", "blocked", "adaptive"})
  public String layout;

  @Param({"2048x1024"})
  public String shape;

  /** Share of weights that are not zero. */
  @Param({"0.1"})
  public double density;

  @Param({"1"})
  public int threads;

  private DenseMatrix weights;

  /** Makes the weights. */
  @Setup
  public void setUp() {
    weights = Workload.weights(shape, density);
  }

  /** One encoding, and the release of its memory. */
  @Benchmark
  public long encode() {
    try (EncodedMatrix encoded = Workload.encode(weights, code, layout, threads)) {
      return encoded.bytes();
    }
  }
}
