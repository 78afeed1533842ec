package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;

class ReconstructionErrorTest {
  @Test
  void isTheErrorOfTheDefinition() {
    var original = DenseMatrix.of(2, 2, 3f, 0f, 0f, 4f);
    var approximation = DenseMatrix.of(2, 2, 3f, 1f, 0f, 2f);
    ReconstructionError error = ReconstructionError.of(original, approximation, 1);
    assertThat(error.mse()).isEqualTo(5.0 / 4);
    assertThat(error.relativeError()).isCloseTo(Math.sqrt(5.0 / 25), within(1e-15));
    assertThat(error.sqnrDecibel()).isCloseTo(10 * Math.log10(5), within(1e-12));
  }

  @Test
  void isNothingForEqualOrEmptyWeights() {
    var weights = DenseMatrix.of(1, 2, 1f, -2f);
    ReconstructionError equal = ReconstructionError.of(weights, weights, 1);
    assertThat(equal).isEqualTo(new ReconstructionError(2, 5, 0));
    ReconstructionError empty =
        ReconstructionError.of(DenseMatrix.of(0, 2), DenseMatrix.of(0, 2), 1);
    assertThat(empty).isEqualTo(ReconstructionError.NONE);
    for (ReconstructionError error : List.of(equal, empty)) {
      assertThat(error.mse()).isZero();
      assertThat(error.relativeError()).isZero();
      assertThat(error.sqnrDecibel()).isInfinite();
    }
  }

  @Test
  void addsUpOverMatrices() {
    var a = new ReconstructionError(4, 25, 5);
    var b = new ReconstructionError(6, 75, 20);
    assertThat(a.plus(b)).isEqualTo(new ReconstructionError(10, 100, 25));
    assertThat(a.plus(b).mse()).isEqualTo(2.5);
    assertThat(a.plus(b).relativeError()).isEqualTo(0.5);
  }

  @Test
  void doesNotDependOnTheThreadCount() {
    var random = new Random(1);
    float[] w = new float[57 * 31];
    float[] v = new float[57 * 31];
    for (int i = 0; i < w.length; i++) {
      w[i] = (float) random.nextGaussian();
      v[i] = (float) random.nextGaussian();
    }
    var original = DenseMatrix.of(57, 31, w);
    var approximation = DenseMatrix.of(57, 31, v);
    ReconstructionError expected = ReconstructionError.of(original, approximation, 1);
    for (int threads = 2; threads < 6; threads++) {
      assertThat(ReconstructionError.of(original, approximation, threads)).isEqualTo(expected);
    }
  }

  @Test
  void refusesDifferentShapes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ReconstructionError.of(DenseMatrix.of(1, 0), DenseMatrix.of(0, 1), 1))
        .withMessage("original is 1 x 0, approximation is 0 x 1");
  }
}
