package org.bitindex.lab.peers;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OnnxWeightsTest {
  @Test
  void fourBitsShareAScaleInABlockAndTheLowerHalfOfAByteComesFirst() {
    float[] weights = {8, -7, 1.4f, 0, -4, 4};
    NBitsWeights w = new NBitsWeights(weights, 2, 3, 4, 4);
    assertThat(w.scales).containsExactly(-1, 0.5f);
    assertThat(w.codes).containsExactly(0xF0, 0x87, 0x08, 0x8F);
    assertThat(w.dequantised).containsExactly(8, -7, 1, 0, -4, 3.5f);
  }

  @Test
  void fourCodesOfTwoBitsShareAByte() {
    float[] weights = {2, -1, 0.4f, 0, -4, 4};
    NBitsWeights w = new NBitsWeights(weights, 2, 3, 2, 4);
    assertThat(w.scales).containsExactly(-1, 2);
    assertThat(w.codes).containsExactly(0b10_10_11_00, 0b10_11_00_10);
    assertThat(w.dequantised).containsExactly(2, -1, -0f, 0, -4, 2);
  }

  @Test
  void eightBitsShareAScaleInARow() {
    float[] weights = {127, -63.4f, 0, 0, 2, -254};
    Int8Weights w = new Int8Weights(weights, 3, 2);
    assertThat(w.scales).containsExactly(1, 0, 2);
    assertThat(w.transposedCodes).containsExactly(127, 0, 1, -63, 0, -127);
    assertThat(w.dequantised).containsExactly(127, -63, 0, 0, 2, -254);
  }
}
