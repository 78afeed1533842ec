package org.bitindex.lab.speed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.cli.EncodingOptions.Steps;
import org.bitindex.code.Code;
import org.bitindex.lab.decoders.GgufType;
import org.bitindex.lab.decoders.Jlama;
import org.bitindex.lab.decoders.LlamaCpp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DecoderSpeedTest {
  private static final DecoderShape TINY = new DecoderShape("tiny", 64, 96, 500, 4, 2);

  @TempDir Path folder;

  @Test
  void aShareOfADecoderHasAsLargeAShareOfItsVocabulary() {
    assertThat(TINY.config(250).vocabulary()).isEqualTo(128_256 / 2);
    assertThat(DecoderShape.ALL.getFirst().config(16).vocabulary()).isEqualTo(128_256);
  }

  @Test
  void bothOfOursAreMeasured() {
    try (Backend backend = Backends.open("scalar", 1);
        var speed = new DecoderSpeed(TINY, 2, 1, 3)) {
      speed.add(new Code.Symmetric(2), Steps.LEAST_SQUARES, backend, 24, 0);
      speed.add(new Code.Ternary(-1, 1), Steps.MIN_MAX, backend, 8, 70);
      List<DecoderSpeed.Result> results = speed.measure(0, 0);
      assertThat(speed.share()).isCloseTo(2 / 500.0, within(1e-12));
      assertThat(results)
          .extracting(DecoderSpeed.Result::name)
          .containsExactly("ours, symmetric2, A = 24", "ours, ternary, A = 8");
      // q and o, k and v, gate, up and down of two layers, and the head.
      double weights = 2 * (2 * 64 * 64 + 2 * 32 * 64 + 3 * 96 * 64) + 513 * 64;
      assertThat(results)
          .allSatisfy(result -> {
            assertThat(result.decoding()).isPositive();
            assertThat(result.reading()).isGreaterThan(0);
            assertThat(result.storedBytes() * 8).isBetween((long) weights, (long) (4 * weights));
          });
    }
  }

  @Test
  void tokensComeAfterTheContext() {
    try (Backend backend = Backends.open("scalar", 1)) {
      var decoder =
          new OwnDecoder(TINY.config(1), new Code.Symmetric(3), Steps.MIN_MAX, backend, 24, 1);
      decoder.begin(70);
      assertThat(decoder.contextTokens()).isEqualTo(70);
      decoder.read(new int[] {1, 2});
      decoder.read(new int[] {3});
      assertThat(decoder.contextTokens()).isEqualTo(71);
      decoder.close();
    }
  }

  @Test
  void peersRunTheSameShape() throws Exception {
    assumeTrue(LlamaCpp.missing().isEmpty(), () -> LlamaCpp.missing().orElseThrow());
    assumeTrue(Jlama.missing().isEmpty(), () -> Jlama.missing().orElseThrow());
    try (var speed = new DecoderSpeed(TINY, 2, 1, 3)) {
      speed.add(GgufType.Q8_0, folder);
      speed.addJlama(folder);
      assertThat(speed.measure(0, 0))
          .allSatisfy(result -> {
            assertThat(result.decoding()).isPositive();
            assertThat(result.storedBytes()).isPositive();
          });
    }
  }
}
