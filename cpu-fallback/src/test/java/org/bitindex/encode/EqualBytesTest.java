package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.bitindex.baseline.Baseline;
import org.bitindex.baseline.BlockQuantized;
import org.bitindex.baseline.Quantized4;
import org.bitindex.baseline.SubScaledBlocks;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Uniform steps against what users pick today, in the same number of bytes. */
class EqualBytesTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void errorIsAtMostFourFifthsOfThatOfEveryFormat(int bits) {
    var random = new Random(bits);
    float[] values = new float[128 * 1024];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    DenseMatrix weights = DenseMatrix.of(128, 1024, values);
    var recipe = new Recipe(new Coding.Uniform(1));
    List<Baseline> formats =
        List.of(
            new BlockQuantized(weights, bits, 32),
            new BlockQuantized(weights, bits, 128),
            new SubScaledBlocks(weights, bits),
            new Quantized4(weights));
    for (Baseline format : formats) {
      double wanted = format.bytes() * 8.0 / values.length;
      double alpha = new Goal.BitsPerWeight(wanted).alpha(recipe, List.of(weights));
      try (EncodedMatrix ours = recipe.with(new Coding.Uniform(alpha)).encode(weights)) {
        assertThat(ours.bytes()).isLessThanOrEqualTo(format.bytes());
        assertThat(ReconstructionError.of(weights, ours, 1).relativeError())
            .as(format.name())
            .isLessThan(0.8 * ReconstructionError.of(weights, format, 1).relativeError());
      }
    }
  }
}
