package org.bitindex.lab.jmh;

import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.cli.measure.ReferenceCheck;
import org.bitindex.cli.measure.Workload;
import org.bitindex.matrix.EncodedMatrix;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** The time of one product of a backend, compared with the scalar reference first. */
public class ProductBenchmark extends AverageTime {
  /** A backend as the command line names it. */
  @Param({"vector"})
  public String backend;

  @Param({"binary", "ternary", "symmetric4"})
  public String code;

  /**
   * The layout that the backend prepares from; it changes the product only if a kernel reads it.
   */
  @Param({"adaptive"})
  public String layout;

  @Param({"2048x1024"})
  public String shape;

  /** Share of weights that are not zero. */
  @Param({"0.1"})
  public double density;

  @Param({"1", "64"})
  public int batch;

  /** Most bits of an integer activation. */
  @Param({"24", "8"})
  public int activationBits;

  @Param({"1"})
  public int threads;

  private EncodedMatrix weights;
  private Backend opened;
  private Plan plan;
  private float[] input;
  private float[] output;

  /** Encodes, prepares and checks. */
  @Setup
  public void setUp() {
    weights = Workload.encode(Workload.weights(shape, density), code, layout, 1);
    input = Workload.samples(batch, weights.columns());
    output = new float[batch * weights.rows()];
    opened = Backends.open(backend, threads);
    plan = opened.plan(List.of(Linear.of(weights)), activationBits);
    ReferenceCheck.requireEqual(plan, weights, activationBits, input, batch);
  }

  /** Releases the plan, the backend and the weights. */
  @TearDown
  public void tearDown() {
    plan.close();
    opened.close();
    weights.close();
  }

  /** One product. */
  @Benchmark
  public float[] multiply() {
    plan.execute(input, batch, output);
    return output;
  }
}
