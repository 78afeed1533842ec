package org.bitindex.lab.jmh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.ValueLayout;
import org.bitindex.cli.measure.Workload;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkloadTest {
  @Test
  void weightsHaveTheShapeAndDensity() {
    DenseMatrix weights = Workload.weights("30x20", 0.25);
    int nonzeros = 0;
    for (float weight : weights.data().toArray(ValueLayout.JAVA_FLOAT)) {
      nonzeros += weight == 0 ? 0 : 1;
    }
    assertThat(weights.rows()).isEqualTo(30);
    assertThat(weights.columns()).isEqualTo(20);
    assertThat(nonzeros).isEqualTo(150);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "20", "0x4", "axb", "99999x99999", "4x-4"})
  void otherShapesAreRefused(String shape) {
    assertThatThrownBy(() -> Workload.weights(shape, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("shape");
  }

  @ParameterizedTest
  @ValueSource(strings = {"binary", "symmetric4"})
  void benchmarkedProductsEqualTheReference(String code) {
    var benchmark = new ProductBenchmark();
    benchmark.backend = "vector";
    benchmark.code = code;
    benchmark.layout = "blocked";
    benchmark.shape = "33x65";
    benchmark.density = 0.5;
    benchmark.batch = 3;
    benchmark.activationBits = 8;
    benchmark.threads = 1;
    benchmark.setUp(); // compares, and throws if a bit differs
    assertThat(benchmark.multiply()).hasSize(3 * 33);
    benchmark.tearDown();
  }
}
