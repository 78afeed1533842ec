package org.bitindex.lab.jmh;

import org.bitindex.cli.measure.Workload;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** The time to encode dense weights. */
public class EncodeBenchmark extends AverageTime {
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
