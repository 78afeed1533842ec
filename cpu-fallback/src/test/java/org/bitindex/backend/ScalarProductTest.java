package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.bitindex.BackendException;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.backend.scalar.ScalarBackendProvider;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.RowValues;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The reference on products that are small enough to be done by hand. */
class ScalarProductTest {
  private static final int COLUMNS = 130;

  private final Arena arena = Arena.ofConfined();
  private final ScalarBackend backend = new ScalarBackend();

  @AfterEach
  void releaseMemory() {
    arena.close();
  }

  /** Ternary weights, with the columns of their ones as [plane][row]. */
  private EncodedMatrix ternary(int columns, int[][][] ones, float[] scales, float[] offsets) {
    var code = new Code.Ternary(0f, 0f);
    try (var planes = new PlaneBuilder(code, scales.length, columns)) {
      for (int i = 0; i < scales.length; i++) {
        int[] q = new int[columns];
        for (int p = 0; p < ones.length; p++) {
          for (int j : ones[p][i]) {
            q[j] = code.coefficients()[p];
          }
        }
        planes.writeRow(i, q);
      }
      return planes.buildIn(
          arena,
          new Layout.Flat(),
          RowValues.of(arena, scales),
          offsets.length == 0 ? null : RowValues.of(arena, offsets));
    }
  }

  /** Row 0: +1 in columns 0, 64 and 121, -1 in 1; row 1: -1 in column 129. */
  private EncodedMatrix twoRows(float... offsets) {
    int[][][] ones = {{{0, 64, 121}, {}}, {{1}, {129}}};
    return ternary(COLUMNS, ones, new float[] {2f, 0.5f}, offsets);
  }

  /**
   * Samples of 1, 2, 3, ..., of the negative of that, and of all that with a NaN or an infinity.
   */
  private static float[] samples() {
    float[] samples = new float[4 * COLUMNS];
    for (int j = 0; j < COLUMNS; j++) {
      samples[j] = j + 1;
      samples[COLUMNS + j] = -j - 1;
      samples[2 * COLUMNS + j] = j == 7 ? Float.NaN : j;
      samples[3 * COLUMNS + j] = j == 7 ? Float.NEGATIVE_INFINITY : j;
    }
    return samples;
  }

  private float[] execute(int activationBits, float[] input, int batch, Linear... layers) {
    try (Plan plan = backend.plan(List.of(layers), activationBits)) {
      float[] output = new float[batch * plan.outputColumns()];
      plan.execute(Arrays.copyOf(input, batch * plan.inputColumns()), batch, output);
      return output;
    }
  }

  @Test
  void planesAreAddedWithTheirSignsScalesAndOffsets() {
    float nan = Float.NaN;
    // 1 + 65 + 122 - 2 = 186; 1 + 2 + ... + 130 = 8515
    assertThat(execute(24, samples(), 4, Linear.of(twoRows())))
        .containsExactly(372f, -65f, -372f, 65f, nan, nan, nan, nan);
    assertThat(execute(24, samples(), 2, Linear.of(twoRows(1f, -2f))))
        .containsExactly(8887f, -17_095f, -8887f, 17_095f);
  }

  @Test
  void biasActivationAndFurtherLayersFollow() {
    var first = new Linear(twoRows(), new float[] {0.5f, 100f}, Activation.RELU);
    assertThat(execute(24, samples(), 2, first)).containsExactly(372.5f, 35f, 0f, 165f);
    // y = x_0 - x_1 of the first layer's two outputs
    var second =
        Linear.of(ternary(2, new int[][][] {{{0}}, {{1}}}, new float[] {1f}, new float[0]));
    assertThat(execute(24, samples(), 2, first, second)).containsExactly(337.5f, -165f);
  }

  /** With 8 bits, 0.1 beside a thousand is 102 / 1024 in a group of its own; then 120 of them. */
  @Test
  void eachGroupOfColumnsKeepsItsOwnBits() {
    float[] sample = new float[240];
    Arrays.fill(sample, 0.1f);
    sample[0] = 1000;
    int[] second = IntStream.range(120, 240).toArray();
    EncodedMatrix weights =
        ternary(240, new int[][][] {{second, {0}}, {{}, {}}}, new float[] {1f, 1f}, new float[0]);
    assertThat(execute(8, sample, 1, Linear.of(weights))).containsExactly(11.953125f, 1000f);
  }

  @Test
  void aPlanHoldsNothingAndEndsWithItsBackend() {
    List<Linear> layers = List.of(Linear.of(twoRows()));
    assertThatThrownBy(() -> backend.plan(layers, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("activation bits are 1");
    try (Plan plan = backend.plan(layers, 24)) {
      assertThat(plan.preparedBytes()).isZero();
      backend.close();
      assertThatThrownBy(() -> plan.execute(samples(), 4, new float[8]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the backend is closed");
    }
    assertThatThrownBy(() -> backend.plan(layers, 24))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the backend is closed");
  }

  @Test
  void aPlanEndsWithItsWeights() {
    EncodedMatrix weights = RandomProducts.ones(2, 3, new Code.Binary(0f));
    try (Plan plan = backend.plan(List.of(Linear.of(weights)), 24)) {
      weights.close();
      assertThatThrownBy(() -> plan.execute(new float[3], 1, new float[2]))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the encoded matrix is closed");
    }
  }

  @Test
  void theProviderHasOneDevice() {
    var provider = new ScalarBackendProvider();
    assertThat(provider.name()).isEqualTo("scalar");
    assertThat(provider.priority()).isZero();
    assertThat(provider.availability())
        .isEqualTo(new Availability.Ready(List.of(new Device("", "plain Java", 0)), true));
    try (Backend created = provider.create("", 3)) {
      assertThat(created.name()).isEqualTo("scalar");
      assertThat(created.description()).isEqualTo("plain Java, the reference");
    }
    assertThatThrownBy(() -> provider.create("gpu", 1))
        .isInstanceOf(BackendException.class)
        .hasMessage("scalar has no device gpu");
  }
}
