package org.bitindex.tornado.baseline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.tornado.RequiresDevice;
import org.bitindex.tornado.TornadoBackend;
import org.bitindex.tornado.TornadoBackendProvider;
import org.bitindex.tornado.device.TornadoProfile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import uk.ac.manchester.tornado.api.types.matrix.Matrix2DFloat;
import uk.ac.manchester.tornado.matrix.MatrixMath;
import uk.ac.manchester.tornado.matrix.SparseMatrixUtils;

@RequiresDevice
class TornadoBaselineTest {
  private static final int ROWS = 45;
  private static final int COLUMNS = 70;

  /** Weights of which most are zero, as a MatrixMarket file. */
  private static String matrixMarket() {
    var random = new Random(1);
    var lines = new StringBuilder();
    int entries = 0;
    for (int i = 0; i < ROWS; i++) {
      for (int j = 0; j < COLUMNS; j++) {
        if (random.nextInt(4) == 0 || i == j) {
          lines.append(i + 1).append(' ').append(j + 1).append(' ');
          lines.append((float) random.nextGaussian()).append('\n');
          entries++;
        }
      }
    }
    String header = "%%MatrixMarket matrix coordinate real general\n";
    return header + ROWS + " " + COLUMNS + " " + entries + "\n" + lines;
  }

  /** The weights, read by TornadoVM's own reader. */
  private static DenseMatrix weights() {
    byte[] file = matrixMarket().getBytes(StandardCharsets.US_ASCII);
    var csr = SparseMatrixUtils.loadMatrixF(new ByteArrayInputStream(file));
    float[] values = new float[ROWS * COLUMNS];
    for (int i = 0; i < ROWS; i++) {
      for (int entry = csr.rows.get(i); entry < csr.rows.get(i + 1); entry++) {
        values[i * COLUMNS + csr.cols.get(entry)] = csr.vals.get(entry);
      }
    }
    return DenseMatrix.of(ROWS, COLUMNS, values);
  }

  /** The product by TornadoVM's own dense routine. */
  private static float[] expected(DenseMatrix weights, float[] input, int batch) {
    var left = new Matrix2DFloat(batch, COLUMNS);
    var right = new Matrix2DFloat(COLUMNS, ROWS);
    float[] row = new float[COLUMNS];
    for (int j = 0; j < COLUMNS; j++) {
      for (int n = 0; n < batch; n++) {
        left.set(n, j, input[n * COLUMNS + j]);
      }
      for (int i = 0; i < ROWS; i++) {
        weights.readRow(i, row);
        right.set(j, i, row[j]);
      }
    }
    var product = new Matrix2DFloat(batch, ROWS);
    MatrixMath.sgemm(left, right, product);
    float[] output = new float[batch * ROWS];
    for (int at = 0; at < output.length; at++) {
      output[at] = product.get(at / ROWS, at % ROWS);
    }
    return output;
  }

  @ParameterizedTest
  @CsvSource({
    "DENSE_FP32,3,1e-5", "DENSE_FP32,40,1e-5",
    "CSR,3,1e-5", "CSR,40,1e-5",
    "INT8,3,0.4", "INT8,40,0.4"
  })
  void productsAgreeWithTheDenseProduct(
      DeviceBackend.BaselineFormat format, int batch, float tolerance) {
    DenseMatrix weights = weights();
    var random = new Random(2);
    float[] input = new float[batch * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    var backend = (TornadoBackend) new TornadoBackendProvider().create("", 1);
    try (TornadoBaseline baseline = backend.baseline(format, weights, batch)) {
      float[] output = new float[batch * ROWS];
      TornadoProfile profile = baseline.profile(input, output);
      assertThat(profile.kernelNanos()).isPositive();
      assertThat(output).containsExactly(expected(weights, input, batch), within(tolerance));
      assertThat(baseline.deviceBytes()).isGreaterThan(profile.bytesOut());
    }
  }

  /** With eight bits it becomes 128, which no signed byte holds. */
  @ParameterizedTest
  @ValueSource(ints = {1, 40})
  void anActivationJustBelowAPowerOfTwoKeepsItsSign(int batch) {
    var backend = (TornadoBackend) new TornadoBackendProvider().create("", 1);
    DenseMatrix weights = DenseMatrix.of(1, 2, new float[] {1f, -0.5f});
    float[] input = new float[2 * batch];
    for (int n = 0; n < batch; n++) {
      input[2 * n] = 0.999f;
      input[2 * n + 1] = -0.999f;
    }
    try (TornadoBaseline baseline =
        backend.baseline(DeviceBackend.BaselineFormat.INT8, weights, batch)) {
      float[] output = new float[batch];
      baseline.multiply(input, output);
      for (float y : output) {
        assertThat(y).isCloseTo(1.4985f, within(0.02f));
      }
    }
  }

  @Test
  void emptyRowsGiveZero() {
    var backend = (TornadoBackend) new TornadoBackendProvider().create("", 1);
    DenseMatrix weights = DenseMatrix.of(2, 3, new float[6]);
    try (TornadoBaseline baseline =
        backend.baseline(DeviceBackend.BaselineFormat.CSR, weights, 1)) {
      float[] output = {7f, 7f};
      baseline.multiply(new float[] {1, 2, 3}, output);
      assertThat(output).containsExactly(0f, 0f);
    }
  }
}
