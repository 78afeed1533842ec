package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every backend must hold; a subclass names the backend. */
public abstract class BackendContractTest {
  private Backend backend;

  /** Opens the backend under test. */
  protected abstract Backend open();

  @BeforeEach
  void openBackend() {
    backend = open();
  }

  @AfterEach
  void closeBackend() {
    backend.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 8, 17, 64})
  void productsEqualTheReferenceInEveryBit(int batch) {
    var random = new Random(batch);
    for (int columns : new int[] {1, 7, 64, 65, 255, 300}) {
      float[] values = new float[33 * columns];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(3) == 0 ? (float) random.nextGaussian() : 0f;
      }
      float[] input = new float[batch * columns];
      for (int i = 0; i < input.length; i++) {
        input[i] = (float) random.nextGaussian();
      }
      for (Code code :
          List.of(
              new Code.Binary(0f),
              new Code.Ternary(-0.1f, 0.2f),
              new Code.Affine(3),
              new Code.Symmetric(4))) {
        var encoder = new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), 1);
        try (EncodedMatrix weights = encoder.encode(DenseMatrix.of(33, columns, values))) {
          float[] expected = new float[batch * 33];
          float[] actual = new float[batch * 33];
          try (Plan plan = new ScalarBackend().plan(weights)) {
            plan.execute(input, batch, expected);
          }
          try (Plan plan = backend.plan(weights)) {
            plan.execute(input, batch, actual);
          }
          assertThat(actual).as("%s, %d columns", code, columns).isEqualTo(expected);
        }
      }
    }
  }
}
