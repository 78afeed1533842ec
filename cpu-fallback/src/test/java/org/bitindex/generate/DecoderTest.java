package org.bitindex.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.bitindex.generate.Decoder.Input;
import org.bitindex.generate.Decoder.Logits;
import org.bitindex.generate.KeyValueCache.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class DecoderTest {
  private static final int VOCABULARY = 11;
  private static final int[] TOKENS = {3, 1, 4, 1, 5, 9, 2, 6};

  private static DecoderConfig config(Rope.Pairs pairs, DecoderConfig.Gate gate) {
    return new DecoderConfig(
        12,
        20,
        2,
        4,
        2,
        6,
        VOCABULARY,
        16,
        1e-5f,
        new Rope(100, pairs, new Rope.Scaling.None()),
        gate);
  }

  private static DecoderConfig llama() {
    return config(Rope.Pairs.HALVES, DecoderConfig.Gate.SILU);
  }

  private static Decoder decoder(DecoderConfig config, boolean extras) {
    return new Decoder(config, new RandomWeights(5, config.dimension(), extras), 2);
  }

  private static float[] logits(Decoder decoder, int... tokens) {
    var cache = new KeyValueCache(decoder.config(), Precision.FLOAT32);
    return decoder.forward(List.of(new Input(cache, tokens)), Logits.ALL);
  }

  @ParameterizedTest
  @CsvSource({
    "NEIGHBOURS, SILU, false",
    "HALVES, SILU, false",
    "HALVES, SILU, true",
    "HALVES, SQUARED_RELU, true"
  })
  void logitsAreWhatTheFormulaSays(Rope.Pairs pairs, DecoderConfig.Gate gate, boolean extras) {
    DecoderConfig config = config(pairs, gate);
    double[][] expected =
        new DecoderOracle(config, new RandomWeights(5, 12, extras), extras).logits(TOKENS);
    float[] actual = logits(decoder(config, extras), TOKENS);
    for (int r = 0; r < TOKENS.length; r++) {
      for (int i = 0; i < VOCABULARY; i++) {
        assertThat((double) actual[r * VOCABULARY + i])
            .as("row %d, logit %d", r, i)
            .isCloseTo(expected[r][i], within(1e-4));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void tokensOneByOneGiveTheBitsOfAllAtOnce(Precision precision) {
    Decoder decoder = decoder(llama(), false);
    var whole = new KeyValueCache(decoder.config(), precision);
    float[] expected = decoder.forward(List.of(new Input(whole, TOKENS)), Logits.ALL);
    var cache = new KeyValueCache(decoder.config(), precision);
    for (int r = 0; r < TOKENS.length; r++) {
      float[] row = decoder.forward(List.of(new Input(cache, new int[] {TOKENS[r]})), Logits.LAST);
      assertThat(row)
          .as("row %d", r)
          .isEqualTo(Arrays.copyOfRange(expected, r * VOCABULARY, (r + 1) * VOCABULARY));
    }
  }

  @Test
  void sequencesSideBySideGiveTheBitsOfEachAlone() {
    Decoder decoder = decoder(llama(), true);
    int[] other = {7, 7, 0};
    float[] first = logits(decoder, TOKENS);
    float[] second = logits(decoder, other);
    float[] last =
        decoder.forward(
            List.of(
                new Input(new KeyValueCache(decoder.config(), Precision.FLOAT32), TOKENS),
                new Input(new KeyValueCache(decoder.config(), Precision.FLOAT32), other)),
            Logits.LAST);
    assertThat(Arrays.copyOf(last, VOCABULARY))
        .isEqualTo(Arrays.copyOfRange(first, 7 * VOCABULARY, 8 * VOCABULARY));
    assertThat(Arrays.copyOfRange(last, VOCABULARY, 2 * VOCABULARY))
        .isEqualTo(Arrays.copyOfRange(second, 2 * VOCABULARY, 3 * VOCABULARY));
  }

  @Test
  void aTruncatedCacheForgets() {
    Decoder decoder = decoder(llama(), false);
    var cache = new KeyValueCache(decoder.config(), Precision.FLOAT32);
    decoder.forward(List.of(new Input(cache, new int[] {3, 1, 8, 8})), Logits.LAST);
    cache.truncate(2);
    float[] rest =
        decoder.forward(List.of(new Input(cache, new int[] {4, 1, 5, 9, 2, 6})), Logits.LAST);
    assertThat(rest)
        .isEqualTo(Arrays.copyOfRange(logits(decoder, TOKENS), 7 * VOCABULARY, 8 * VOCABULARY));
    assertThatThrownBy(() -> cache.truncate(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a sequence of 8 tokens cannot be cut to 9");
  }

  @Test
  void eightBitsOfKeysAndValuesAreNear() {
    Decoder decoder = decoder(llama(), false);
    var cache = new KeyValueCache(decoder.config(), Precision.INT8);
    float[] eight = decoder.forward(List.of(new Input(cache, TOKENS)), Logits.ALL);
    float[] exact = logits(decoder, TOKENS);
    for (int i = 0; i < exact.length; i++) {
      assertThat(eight[i]).isCloseTo(exact[i], within(0.1f));
    }
    // 2 layers, keys and values, 8 tokens, 2 heads of 6 bytes and a float.
    assertThat(cache.bytes()).isEqualTo(2 * 2 * 8 * 2 * (6 + 4));
  }

  @Test
  void whatDoesNotFitIsNamed() {
    Decoder decoder = decoder(llama(), false);
    assertThatThrownBy(() -> logits(decoder, 1, 11))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("token 11 is not in the vocabulary of 11");
    assertThatThrownBy(() -> logits(decoder, new int[17]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("17 tokens after 0, a sequence has at most 16 and grows by at least one");
    assertThatThrownBy(() -> logits(decoder))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("0 tokens after 0");
  }
}
