package org.bitindex.backend.vector.product;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;

/** Which strategy the estimates choose, at densities far from where they cross. */
class PreparedWeightsTest {
  private static final int ROWS = 512;
  private static final int COLUMNS = 512;
  private static final int DEFAULT = Arithmetic.MAX_ACTIVATION_BITS;

  @Test
  void denseBitsOfOneSampleAreLookedUp() {
    requireProducts(new Code.Binary(0f), 1, 1, LookupProduct.class);
  }

  @Test
  void denseBitsOfManySamplesArePartialSums() {
    requireWeights(new Code.Binary(0f), 1, PartialSumWeights.class);
  }

  @Test
  void manyPlanesOfManySamplesArePartialSums() {
    requireWeights(new Code.Symmetric(8), 1, PartialSumWeights.class);
  }

  @Test
  void fewBitsOfOneSampleAreJaggedDiagonals() {
    requireProducts(new Code.Binary(0f), 0.01, 1, JaggedProduct.class);
  }

  @Test
  void fewBitsOfManySamplesAreLists() {
    requireWeights(new Code.Binary(0f), 0.05, ListWeights.class);
  }

  @Test
  void fewNonzerosOfSeveralPlanesAreOneWeightedList() {
    requireWeights(new Code.Symmetric(4), 0.1, ListWeights.class);
  }

  @Test
  void preparesOnlyWhatWasAskedFor() {
    try (EncodedMatrix matrix = matrix(new Code.Binary(0f), 1)) {
      PreparedWeights weights = prepared(matrix, DEFAULT);
      assertThat(weights.bytes()).isZero();
      weights.choice(1);
      long once = weights.bytes();
      assertThat(once).isGreaterThanOrEqualTo((long) ROWS * COLUMNS / Byte.SIZE);
      weights.choice(1);
      assertThat(weights.bytes()).isEqualTo(once);
      weights.choice(64);
      assertThat(weights.bytes()).isGreaterThan(once);
    }
  }

  private static void requireProducts(
      Code code, double density, int batch, Class<? extends Product> expected) {
    try (EncodedMatrix matrix = matrix(code, density)) {
      List<Product> products = prepared(matrix, DEFAULT).choice(batch).products();
      assertThat(products).singleElement().isInstanceOf(expected);
    }
  }

  private static void requireWeights(
      Code code, double density, Class<? extends PanelProduct.Weights> expected) {
    try (EncodedMatrix matrix = matrix(code, density)) {
      List<Product> products = prepared(matrix, DEFAULT).choice(64).products();
      assertThat(products).hasSize(1);
      assertThat(((PanelProduct) products.getFirst()).weights()).isInstanceOf(expected);
    }
  }

  private static PreparedWeights prepared(EncodedMatrix matrix, int activationBits) {
    return new PreparedWeights(matrix, activationBits, Kernels.of(512), 1);
  }

  private static EncodedMatrix matrix(Code code, double density) {
    var random = new Random(1);
    float[] weights = new float[ROWS * COLUMNS];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0;
    }
    ScaleMode scales = code instanceof Code.Binary ? ScaleMode.NONE : ScaleMode.ROW;
    return new Encoder(code, scales, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(ROWS, COLUMNS, weights));
  }
}
