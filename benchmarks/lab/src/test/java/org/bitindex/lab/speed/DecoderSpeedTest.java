package org.bitindex.lab.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.code.Code;
import org.bitindex.generate.Decoder;
import org.junit.jupiter.api.Test;

class DecoderSpeedTest {
  @Test
  void aSmallDecoderRunsAndItsPartsAddUp() {
    var shape = new DecoderSpeed.Shape("tiny", 64, 96, 10, 4, 2);
    try (Backend backend = Backends.open("scalar", 1);
        var weights = new RandomDecoder(new Code.Symmetric(2), backend, 24, 1)) {
      var decoder = new Decoder(shape.config(2), weights);
      DecoderSpeed speed = DecoderSpeed.measure(shape, decoder, weights, 3, 0);
      assertThat(speed.head()).isPositive();
      assertThat(speed.seconds()).isCloseTo(10 * speed.layer() + speed.head(), within(1e-12));
      // q and o, k and v, gate, up and down of two layers, and the head.
      assertThat(weights.bytes() * 8 / 3.0)
          .isGreaterThan(2 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 96 * 64) / 3.0 + 8016 * 64 / 3.0);
    }
  }
}
