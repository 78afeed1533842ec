package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

  @Test
  void valuesOfEveryTypeAreRead() throws IOException {
    byte[] minusTwo = {-2, -1, -1, -1, -1, -1, -1, -1};
    Map<String, Object> expected = new LinkedHashMap<>();
    var builder = new GgufBuilder();
    int[] sizes = {1, 1, 2, 2, 4, 4};
    for (int type = 0; type < sizes.length; type++) {
      builder.value("int" + type, type, Arrays.copyOf(minusTwo, sizes[type]));
      expected.put("int" + type, type % 2 == 0 ? (1L << (8 * sizes[type])) - 2 : -2L);
    }
    builder.put("float", 0.5f).value("true", 7, new byte[] {1}).value("false", 7, new byte[1]);
    expected.putAll(Map.of("float", 0.5, "true", true, "false", false));
    builder.value("u64", 10, minusTwo).value("i64", 11, minusTwo).put("text", "h\u00e4");
    expected.putAll(Map.of("u64", -2L, "i64", -2L, "text", "h\u00e4"));
    builder.value("double", 12, GgufBuilder.bytes(8, b -> b.putDouble(0.1)));
    expected.put("double", 0.1);
    builder.value("nested", 9, nested(2)).value("empty", 9, new byte[12]);
    expected.putAll(Map.of("nested", List.of(List.of(List.of(7L))), "empty", List.of()));
    try (GgufFile file = GgufFile.open(builder.write(folder.resolve("values.gguf")))) {
      assertThat(file.values()).containsExactlyInAnyOrderEntriesOf(expected);
    }
  }

  /** An array of an array ... of the byte 7. */
  private static byte[] nested(int depth) {
    int size = 12 * (depth + 1) + 1;
    return GgufBuilder.bytes(
        size,
        b -> {
          for (int i = 0; i < depth; i++) {
            b.putInt(9).putLong(1);
          }
          b.putInt(0).putLong(1).put((byte) 7);
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 32, 4096, 1 << 20})
  void dataBeginsWhereTheAlignmentSays(int alignment) throws IOException {
    Path path =
        new GgufBuilder()
            .align(alignment)
            .tensor("a.weight", new float[] {1, 2}, 2)
            .tensor("b.weight", new float[] {3, 4}, 2)
            .write(folder.resolve("m.gguf"));
    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.tensor("a.weight").floats()).containsExactly(1, 2);
      assertThat(file.tensor("b.weight").floats()).containsExactly(3, 4);
    }
  }

  @Test
  void headersThatAreNoneAreRefused() throws IOException {
    requireRefused(
        new GgufBuilder().value("k", 9, nested(3)).build(), "value k is nested more than twice");
    requireRefused(new GgufBuilder().value("k", 13, new byte[8]).build(), "value k is of type 13");
    requireRefused(
        new GgufBuilder().value("k", 8, GgufBuilder.bytes(8, b -> b.putLong(1L << 40))).build(),
        "length of k is 1099511627776, more than the file holds");
    for (int alignment : new int[] {0, (1 << 20) + 1}) {
      requireRefused(
          new GgufBuilder().put("general.alignment", alignment).build(),
          "general.alignment is " + alignment);
    }
    byte[] bytes = new GgufBuilder().build();
    bytes[4] = 4;
    requireRefused(bytes, "GGUF version is 4, known are 2 and 3");
    bytes[4] = 1;
    requireRefused(bytes, "GGUF version is 1, known are 2 and 3");
    bytes[4] = 2;
    GgufFile.open(Files.write(folder.resolve("two.gguf"), bytes)).close();
    bytes[3] = 0;
    requireRefused(bytes, "does not begin with GGUF");
    requireRefused(
        new GgufBuilder().tensor("t", 0, new byte[4], 1, 1, 1, 1, 1).build(),
        "tensor t: rank is 5, at most 4 are known");
    requireRefused(
        new GgufBuilder().tensor("t", 0, new byte[4], -1).build(),
        "tensor t: size 0 is 18446744073709551615");
    requireRefused(
        new GgufBuilder()
            .tensor("output.weight", new float[] {1}, 1)
            .tensor("output.weight", new float[] {1}, 1)
            .build(),
        "tensor lm_head.weight: appears twice");
    for (int at : new int[] {8, 16}) { // more tensors, more values than the file has room for
      byte[] many = new GgufBuilder().build();
      many[at] = 1;
      requireRefused(
          many,
          "number of " + (at == 8 ? "tensors" : "values") + " is 1, more than the file holds");
    }
  }

  private void requireRefused(byte[] bytes, String message) throws IOException {
    Path path = Files.write(folder.resolve("bad.gguf"), bytes);
    assertThatThrownBy(() -> GgufFile.open(path).close())
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(path + ": " + message);
  }

  @Test
  void quantisedMatricesThatAreNotTakenAreCarriedAsFloats() throws IOException {
    byte[] blocks = new byte[34 * 4];
    for (int b = 0; b < 4; b++) {
      putHalf(blocks, b * 34, ONE_HALF);
      blocks[b * 34 + 2] = (byte) b;
    }
    Path path =
        new GgufBuilder()
            .tensor("token_embd.weight", 8, blocks, 32, 4)
            .tensor("output.weight", 8, blocks, 64, 2)
            .tensor("output_norm.weight", new float[] {1, 2}, 2)
            .write(folder.resolve("m.gguf"));
    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.kinds())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "model.embed_tokens.weight", Kinds.EMBEDDING,
                  "lm_head.weight", "Q8_0 matrix",
                  "model.norm.weight", Kinds.NORM));
      assertThat(file.matrices()).containsOnlyKeys("lm_head.weight");
      assertThat(file.otherMatrices()).containsOnlyKeys("model.embed_tokens.weight");
      float[][] head = Rows.of(file.matrix("lm_head.weight"));
      assertThat(head).hasDimensions(2, 64);
      assertThat(head[1][0]).isEqualTo(1f);
      assertThat(head[1][32]).isEqualTo(1.5f);
      List<NamedTensor> carried = file.tensorsWithout(List.of("lm_head.weight"));
      assertThat(carried)
          .extracting(NamedTensor::name)
          .containsExactly("model.norm.weight", "model.embed_tokens.weight");
      assertThat(Rows.of(carried.getLast().weights()))
          .isDeepEqualTo(Rows.of(file.matrix("model.embed_tokens.weight")));
      assertThatThrownBy(() -> file.matrix("lm_head.weight").readRow(2, new float[64]))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void aTensorMayEndWhereItsFileEnds() throws IOException {
    Path path =
        new GgufBuilder()
            .tensor("output_norm.weight", new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 8)
            .tensor("one", new float[] {9}, 1, 1, 1, 1)
            .write(folder.resolve("end.gguf"));
    byte[] whole = Files.readAllBytes(path);
    int last = whole.length;
    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.tensor("one").shape()).containsExactly(1L, 1L, 1L, 1L);
      while (whole[last - 1] == 0) { // what pads the data
        last--;
      }
    }
    Files.write(path, Arrays.copyOf(whole, last));
    try (GgufFile file = GgufFile.open(path)) {
      assertThat(file.tensor("one").floats()).containsExactly(9);
    }
    requireRefused(
        Arrays.copyOf(whole, last - 1), "tensor one: lies at 32, beyond the end of the file");
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
