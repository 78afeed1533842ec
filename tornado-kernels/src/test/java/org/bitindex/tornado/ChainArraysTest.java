package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Random;
import org.bitindex.BackendException;
import org.bitindex.backend.Linear;
import org.bitindex.backend.RandomProducts;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.device.CallSize;
import org.bitindex.tornado.device.DeviceMemory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChainArraysTest {
  /** Many samples have a work-group in y for each 8 rows of entries. */
  @ParameterizedTest
  @CsvSource({"524280,4", "524281,2"})
  void gridsThatAreTooTallMeanSmallerCalls(int rows, int sizes) {
    try (EncodedMatrix weights =
        new Encoder(new Code.Symmetric(2), ScaleMode.ROW, new Layout.Flat(), 1)
            .encode(DenseMatrix.of(rows, 1, new float[rows]))) {
      var memory = new DeviceMemory(1L << 40, 1L << 40);
      assertThat(ChainArrays.sizes(DeviceChain.of(List.of(Linear.of(weights)), 24, false), memory))
          .isEqualTo(CallSize.ALL.subList(0, sizes));
    }
  }

  @Test
  void smallMemoryMeansSmallerCallsAndThenARefusalWithBothSizes() {
    try (EncodedMatrix weights =
        RandomProducts.weights(
            new Random(1), 100, 1000, new Code.Binary(0f), new Layout.Adaptive())) {
      DeviceChain chain = DeviceChain.of(List.of(Linear.of(weights)), 24, true);
      long large = 1L << 30;
      assertThat(ChainArrays.sizes(chain, new DeviceMemory(large, large))).isEqualTo(CallSize.ALL);
      long third = ChainArrays.largestArrayBytes(chain, CallSize.ALL.get(2));
      assertThat(ChainArrays.sizes(chain, new DeviceMemory(large, third)))
          .isEqualTo(CallSize.ALL.subList(0, 3));
      long two =
          chain.bytes()
              + ChainArrays.bytes(chain, CallSize.ALL.get(0))
              + ChainArrays.bytes(chain, CallSize.ALL.get(1));
      assertThat(ChainArrays.sizes(chain, new DeviceMemory(two + (1 << 14), large)))
          .isEqualTo(CallSize.ALL.subList(0, 2));
      assertThatExceptionOfType(BackendException.class)
          .isThrownBy(() -> ChainArrays.sizes(chain, new DeviceMemory(20_000, large)))
          .withMessageContainingAll(Long.toString(chain.bytes()), "20000");
    }
  }
}
