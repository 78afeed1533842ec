package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceWeightsTest {
  @ParameterizedTest
  @CsvSource({"0.001,true", "0.01,true", "0.03,false", "0.5,false", "1,false"})
  void sparsePlanesBecomeLists(double density, boolean sparse) {
    var random = new Random(1);
    float[] values = new float[64 * 1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < density ? 1f : 0f;
    }
    var encoder = new Encoder(new Code.Binary(0f), ScaleMode.NONE, new Layout.Adaptive(), 1);
    try (EncodedMatrix weights = encoder.encode(DenseMatrix.of(64, 1000, values))) {
      DeviceWeights form = DeviceWeights.of(weights);
      assertThat(form instanceof DeviceWeights.Sparse).isEqualTo(sparse);
      long bytes = DeviceMemory.bytes(List.of(form.arrays()));
      assertThat(bytes)
          .isLessThanOrEqualTo(
              DeviceMemory.bytes(List.of(DeviceWeights.dense(weights).arrays())) + 64);
    }
  }
}
