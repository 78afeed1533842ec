package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GgufFileTest {
  private static final short ONE_HALF = Float.floatToFloat16(0.5f);
  private static final short QUARTER = Float.floatToFloat16(0.25f);

  @TempDir private Path folder;

  /** The only row of a matrix of one block. */
  private float[] decode(int type, int weights, byte[] block) throws IOException {
    Path path =
        new GgufBuilder()
            .tensor("blk.3.ffn_up.weight", type, block, weights)
            .write(folder.resolve("m.gguf"));
    try (GgufFile file = GgufFile.open(path)) {
      Weights matrix = file.matrix("model.layers.3.mlp.up_proj.weight");
      float[] row = new float[weights];
      matrix.readRow(0, row);
      return row;
    }
  }

  private static void putHalf(byte[] block, int at, short half) {
    block[at] = (byte) half;
    block[at + 1] = (byte) (half >> 8);
  }

  @Test
  void q4WithoutMinimaKeepsLowNibblesFirst() throws IOException {
    byte[] block = new byte[18];
    putHalf(block, 0, ONE_HALF);
    block[2] = (byte) 0xF0; // weights 0 and 16
    block[17] = 0x79; // weights 15 and 31
    float[] w = decode(2, 32, block);
    assertThat(w[0]).isEqualTo(-4f);
    assertThat(w[16]).isEqualTo(3.5f);
    assertThat(w[15]).isEqualTo(0.5f);
    assertThat(w[31]).isEqualTo(-0.5f);
  }

  @Test
  void q8IsAScaleAndSignedBytes() throws IOException {
    byte[] block = new byte[34];
    putHalf(block, 0, ONE_HALF);
    block[2] = -128;
    block[33] = 127;
    float[] w = decode(8, 32, block);
    assertThat(w[0]).isEqualTo(-64f);
    assertThat(w[1]).isZero();
    assertThat(w[31]).isEqualTo(63.5f);
  }

  @Test
  void q4KHasScalesAndMinimaOfSixBits() throws IOException {
    byte[] block = new byte[144];
    putHalf(block, 0, ONE_HALF);
    putHalf(block, 2, QUARTER);
    int[] scales = {1, 2, 33, 63, 5, 37, 22, 61};
    int[] minima = {4, 63, 17, 9, 11, 50, 28, 45};
    for (int g = 0; g < 4; g++) {
      block[4 + g] = (byte) (scales[g] | (scales[g + 4] >> 4 << 6));
      block[8 + g] = (byte) (minima[g] | (minima[g + 4] >> 4 << 6));
      block[12 + g] = (byte) ((scales[g + 4] & 0xF) | ((minima[g + 4] & 0xF) << 4));
    }
    int[] q = new Random(3).ints(256, 0, 16).toArray();
    for (int i = 0; i < 256; i++) {
      block[16 + i / 64 * 32 + i % 32] |= (byte) (q[i] << (i / 32 % 2 * 4));
    }
    float[] w = decode(12, 256, block);
    for (int i = 0; i < 256; i++) {
      assertThat(w[i])
          .as("weight %d", i)
          .isEqualTo(0.5f * scales[i / 32] * q[i] - 0.25f * minima[i / 32]);
    }
  }

  @Test
  void q6KHasAScaleForSixteenWeights() throws IOException {
    byte[] block = new byte[210];
    putHalf(block, 208, QUARTER);
    var random = new Random(4);
    int[] q = random.ints(256, 0, 64).toArray();
    for (int i = 0; i < 16; i++) {
      block[192 + i] = (byte) (random.nextInt(256) - 128);
    }
    for (int i = 0; i < 256; i++) {
      int half = i / 128;
      int quarter = i / 32 % 4;
      block[half * 64 + quarter % 2 * 32 + i % 32] |= (byte) ((q[i] & 0xF) << (quarter / 2 * 4));
      block[128 + half * 32 + i % 32] |= (byte) (q[i] >> 4 << (quarter * 2));
    }
    float[] w = decode(14, 256, block);
    for (int i = 0; i < 256; i++) {
      assertThat(w[i]).as("weight %d", i).isEqualTo(0.25f * block[192 + i / 16] * (q[i] - 32));
    }
  }

  @Test
  void ternaryBlocksOfTwoBitsAndOfFiveTritsAByteAgree() throws IOException {
    int[] q = new Random(5).ints(256, 0, 3).toArray();
    byte[] twoBits = new byte[66];
    putHalf(twoBits, 64, ONE_HALF);
    for (int i = 0; i < 256; i++) {
      twoBits[i / 128 * 32 + i % 32] |= (byte) (q[i] << (i / 32 % 4 * 2));
    }
    byte[] trits = new byte[54];
    putHalf(trits, 52, ONE_HALF);
    packTrits(q, 0, 32, 5, trits, 0);
    packTrits(q, 160, 16, 5, trits, 32);
    packTrits(q, 240, 4, 4, trits, 48);
    float[] expected = new float[256];
    for (int i = 0; i < 256; i++) {
      expected[i] = 0.5f * (q[i] - 1);
    }
    assertThat(decode(35, 256, twoBits)).isEqualTo(expected);
    assertThat(decode(34, 256, trits)).isEqualTo(expected);
  }

  /** As ggml's quantize_row_tq1_0_ref: the number to base 3, first digit highest, over 243. */
  private static void packTrits(int[] q, int from, int count, int digits, byte[] block, int at) {
    for (int i = 0; i < count; i++) {
      int number = 0;
      for (int n = 0; n < 5; n++) {
        number = number * 3 + (n < digits ? q[from + i + n * count] : 0);
      }
      block[at + i] = (byte) ((number * 256 + 242) / 243);
    }
  }

  @Test
  void floatsAreTensorsAndUnknownTypesAreNamed() throws IOException {
    Path path =
        new GgufBuilder()
            .put("general.architecture", "llama")
            .tensor("output_norm.weight", new float[] {1, 2, 3}, 3)
            .tensor("blk.0.attn_q.weight", new float[] {1, 2, 3, 4, 5, 6}, 3, 2)
            .tensor("blk.0.attn_k.weight", 99, new byte[8], 3, 2)
            .write(folder.resolve("m.gguf"));
    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.values()).containsEntry("general.architecture", "llama");
      assertThat(file.tensor("model.norm.weight").floats()).containsExactly(1, 2, 3);
      assertThat(file.matrices()).containsOnlyKeys("model.layers.0.self_attn.q_proj.weight");
      Weights q = file.matrix("model.layers.0.self_attn.q_proj.weight");
      assertThat(List.of(q.rows(), q.columns())).containsExactly(2, 3);
      assertThat(file.leftOut())
          .containsEntry(
              "model.layers.0.self_attn.k_proj.weight", "GGUF type 99 is not known here");
    }
  }

  @Test
  void anyPrefixOfAFileIsRefusedInOneSentence() throws IOException {
    byte[] whole =
        new GgufBuilder()
            .put("general.architecture", "llama")
            .putTexts("tokenizer.ggml.tokens", List.of("a", "b"))
            .putFloats("tokenizer.ggml.scores", 1, 2)
            .tensor("output_norm.weight", new float[] {1, 2, 3}, 3)
            .build();
    Path path = folder.resolve("cut.gguf");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> GgufFile.open(path).close())
          .as("%d bytes", length)
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageStartingWith(path + ": ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 2147483647 2147483647 2147483647 2147483647, has 2^31 rows or more",
    "0, 2147483648, size 0 is 2147483648",
    "0, 2147483647 2147483647, beyond the end of the file",
    "8, 1073741824 1073741824, beyond the end of the file",
    "8, 33, no whole number of Q8_0 blocks",
  })
  void shapesThatDoNotFitTheFileAreRefused(int type, String sizes, String message)
      throws IOException {
    Path path =
        new GgufBuilder()
            .tensor(
                "output_norm.weight",
                type,
                new byte[64],
                Arrays.stream(sizes.split(" ")).mapToLong(Long::parseLong).toArray())
            .write(folder.resolve("large.gguf"));
    assertThatThrownBy(() -> GgufFile.open(path).close())
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": tensor ")
        .hasMessageContaining(message);
  }
}
