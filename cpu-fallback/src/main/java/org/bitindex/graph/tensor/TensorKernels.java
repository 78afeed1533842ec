package org.bitindex.graph.tensor;

import org.bitindex.internal.VectorApi;

/** The kernels of this machine: with the Vector API where its module is present. */
public final class TensorKernels {
  /** Functions of floats. */
  public static final FloatFunctions FUNCTIONS =
      VectorApi.isPresent() ? new VectorFloatFunctions() : new ScalarFloatFunctions();

  /** Dense products. */
  public static final MatMulKernel MAT_MUL =
      VectorApi.isPresent() ? new VectorMatMulKernel() : new ScalarMatMulKernel();

  /** Sums over windows. */
  public static final WindowKernel WINDOW =
      VectorApi.isPresent() ? new VectorWindowKernel() : new ScalarWindowKernel();

  private TensorKernels() {}
}
