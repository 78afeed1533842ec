package org.bitindex.lab.speed;

import java.util.Arrays;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/** Our product of one setting; its first result is compared with the scalar reference. */
final class OwnProduct implements AutoCloseable {
  private final EncodedMatrix matrix;
  private final Backend backend;
  private final Plan plan;
  private final int batch;
  private final float[] samples;
  private final float[] output;

  OwnProduct(Setting setting, Code code, int activationBits, int threads) {
    ScaleMode scales = code instanceof Code.Binary ? ScaleMode.NONE : ScaleMode.ROW;
    var dense = DenseMatrix.of(setting.rows(), setting.columns(), setting.weights());
    matrix = new Recipe(0, new Coding.MinMax(code), scales, new Layout.Adaptive(), 1).encode(dense);
    backend = Backends.open("vector", threads);
    List<Linear> layers = List.of(Linear.of(matrix));
    plan = backend.plan(layers, activationBits);
    batch = setting.batch();
    samples = setting.samples();
    output = new float[batch * setting.rows()];
    plan.prepare(batch);
    multiply();
    requireReference(layers, activationBits);
  }

  private void requireReference(List<Linear> layers, int activationBits) {
    float[] expected = new float[output.length];
    try (Backend scalar = Backends.open("scalar", 1);
        Plan reference = scalar.plan(layers, activationBits)) {
      reference.execute(samples, batch, expected);
    }
    int at = Arrays.mismatch(expected, output);
    if (at >= 0) {
      throw new IllegalStateException(
          "output " + at + " is " + output[at] + ", the reference gives " + expected[at]);
    }
  }

  void multiply() {
    plan.execute(samples, batch, output);
  }

  @Override
  public void close() {
    plan.close();
    backend.close();
    matrix.close();
  }
}
