package org.bitindex.cli.advise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.baseline.Csr;
import org.bitindex.baseline.DenseFloat32;
import org.bitindex.cli.measure.Gaussian;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.encode.Pruning;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;

class GridTest {
  private static final Grid SMALL =
      new Grid(
          List.of(new Grid.Shape(8, 8), new Grid.Shape(16, 40)),
          List.of(0.0, 0.5),
          new Stopwatch(Duration.ZERO, Duration.ZERO, 1),
          2);

  @Test
  void everyKindOfProductIsTimedOnceForEachShapeAndDensityThatMatters() {
    var steps = new AtomicInteger();
    List<TimedProduct> timed;
    try (Backend backend = Backends.open("vector", 2)) {
      timed = SMALL.run(new ProductTiming(backend, 2, 3), steps::incrementAndGet);
    }
    assertThat(steps).hasValue(SMALL.steps());
    for (Format format : Format.products()) {
      assertThat(timed)
          .filteredOn(t -> t.product().equals(format.product()))
          .as(format.name())
          .hasSize(format.ignoresDensity() ? 2 : 4)
          .allMatch(t -> t.seconds() > 0 && t.density() > 0);
    }
    var calibration = new MachineCosts(timed);
    assertThat(calibration.seconds("symmetric4", 12, 30, 0.7)).isPositive();
    assertThatThrownBy(() -> calibration.seconds("abacus", 12, 30, 0.7))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("abacus");
  }

  @Test
  void sharesOfTheRowsMultiplyAsTheWhole() {
    Weights weights = Pruning.global(DenseMatrix.of(37, 50, Gaussian.values(37 * 50, 1)), 0.4);
    float[] input = Gaussian.values(6 * 50, 2);
    for (int batch : new int[] {1, 6}) {
      float[] x = Arrays.copyOf(input, batch * 50);
      float[] expected = new float[batch * 37];
      new DenseFloat32(weights).multiply(x, batch, expected);
      for (int count : new int[] {1, 2, 5, 40}) {
        float[] output = new float[batch * 37];
        try (var shares = new RowShares(Csr::new, weights, count)) {
          shares.multiply(x, batch, output);
        }
        for (int i = 0; i < output.length; i++) {
          assertThat(output[i]).isCloseTo(expected[i], within(1e-4f));
        }
      }
    }
  }

  @Test
  void fewSetBitsTakeTheSmallestLayout() {
    float[] values = new float[4 * 100_000];
    values[7] = 1;
    values[250_000] = -2;
    Weights sparse = DenseMatrix.of(4, 100_000, values);
    Weights dense = DenseMatrix.of(64, 64, Gaussian.values(64 * 64, 1));
    for (Format format : Format.ALL) {
      if (format.kind() == Format.Kind.ENCODED && !format.name().startsWith("affine")) {
        try (Stored few = format.store(sparse, 1);
            Stored many = format.store(dense, 1)) {
          assertThat(few.bytes()).isLessThan(200);
          assertThat(many.layout()).isEqualTo("adaptive");
        }
      }
    }
  }
}
