package org.bitindex.graph.tensor;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.VectorApi;

/** Two vectors of positions at a time, whose sums stay in registers. */
final class VectorWindowKernel implements WindowKernel {
  private static final VectorSpecies<Float> SPECIES =
      VectorSpecies.of(float.class, VectorApi.shape(MethodHandles.lookup()));
  private static final int LANES = SPECIES.length();

  @Override
  public void sums(
      float[] x, int xAt, float[] w, int wAt, int[] offsets, float[] y, int yAt, int count) {
    for (int i = 0; i < count; i += 2 * LANES) {
      FloatVector sum0 = FloatVector.zero(SPECIES);
      FloatVector sum1 = FloatVector.zero(SPECIES);
      for (int e = 0; e < offsets.length; e++) {
        FloatVector factor = FloatVector.broadcast(SPECIES, w[wAt + e]);
        int at = xAt + offsets[e] + i;
        sum0 = factor.fma(FloatVector.fromArray(SPECIES, x, at), sum0);
        sum1 = factor.fma(FloatVector.fromArray(SPECIES, x, at + LANES), sum1);
      }
      sum0.intoArray(y, yAt + i);
      sum1.intoArray(y, yAt + i + LANES);
    }
  }
}
