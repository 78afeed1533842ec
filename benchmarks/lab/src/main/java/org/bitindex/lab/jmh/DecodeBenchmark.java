package org.bitindex.lab.jmh;

import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.cli.measure.Workload;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.IntegerReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * The time to read all weights of an encoded matrix on one thread, and to prepare a plan; the shape
 * has 2^21 weights, so that 300 million a second are 6990 microseconds.
 */
public class DecodeBenchmark extends AverageTime {
  @Param({"ternary", "symmetric4", "symmetric8"})
  public String code;

  @Param({"adaptive"})
  public String layout;

  @Param({"2048x1024"})
  public String shape;

  /** Share of weights that are not zero. */
  @Param({"1", "0.1"})
  public double density;

  /** Samples that a plan is prepared for. */
  @Param({"1"})
  public int batch;

  private EncodedMatrix weights;
  private Backend opened;
  private int[] integers;
  private float[] floats;

  /** Encodes. */
  @Setup
  public void setUp() {
    weights = Workload.encode(Workload.weights(shape, density), code, layout, 1);
    integers = new int[weights.columns()];
    floats = new float[weights.columns()];
    opened = Backends.open("vector", 1);
  }

  /** Releases the weights. */
  @TearDown
  public void tearDown() {
    opened.close();
    weights.close();
  }

  /** All integers, row after row. */
  @Benchmark
  public int[] readIntegers() {
    IntegerReader reader = weights.integers();
    for (int i = 0; i < weights.rows(); i++) {
      reader.readRow(i, integers);
    }
    return integers;
  }

  /** All weights, row after row. */
  @Benchmark
  public float[] readFloats() {
    for (int i = 0; i < weights.rows(); i++) {
      weights.readRow(i, floats);
    }
    return floats;
  }

  /** A plan for one batch size. */
  @Benchmark
  public long prepare() {
    try (Plan plan = opened.plan(List.of(Linear.of(weights)), 8)) {
      plan.prepare(batch);
      return plan.preparedBytes();
    }
  }
}
