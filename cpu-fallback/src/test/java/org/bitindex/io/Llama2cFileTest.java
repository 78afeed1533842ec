package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Llama2cFileTest {
  /** 8 features, hidden 6, 2 layers, 4 heads, 2 of keys, 5 tokens, context 3. */
  private static final int[] SIZES = {8, 6, 2, 4, 2, 5, 3};

  /** Floats of such a file without a head: embeddings, layers, a norm, two tables. */
  private static final int FLOATS = 40 + 2 * (8 + 64 + 32 + 32 + 64 + 8 + 48 + 48 + 48) + 8 + 6;

  @TempDir private Path folder;

  /** A file whose weights are 0, 1, 2, ... */
  private Path write(int[] sizes, int floats) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(28 + 4 * floats).order(ByteOrder.LITTLE_ENDIAN);
    for (int size : sizes) {
      bytes.putInt(size);
    }
    for (int i = 0; i < floats; i++) {
      bytes.putFloat(i);
    }
    return Files.write(folder.resolve("model.bin"), bytes.array());
  }

  private static int[] sizes(int index, int value) {
    int[] sizes = SIZES.clone();
    sizes[index] = value;
    return sizes;
  }

  @Test
  void tensorsLieOneAfterTheOtherEachKindForAllLayers() throws IOException {
    List<String> names = new ArrayList<>();
    names.add("model.embed_tokens.weight [5, 8] 0");
    String[] kinds = {
      "input_layernorm [8]",
      "self_attn.q_proj [8, 8]",
      "self_attn.k_proj [4, 8]",
      "self_attn.v_proj [4, 8]",
      "self_attn.o_proj [8, 8]",
      "post_attention_layernorm [8]",
      "mlp.gate_proj [6, 8]",
      "mlp.down_proj [8, 6]",
      "mlp.up_proj [6, 8]"
    };
    int[] counts = {8, 64, 32, 32, 64, 8, 48, 48, 48};
    int at = 40;
    for (int k = 0; k < kinds.length; k++) {
      for (int layer = 0; layer < 2; layer++) {
        String kind = kinds[k].replace(" [", ".weight [");
        names.add("model.layers.%d.%s %d".formatted(layer, kind, at));
        at += counts[k];
      }
    }
    names.add("model.norm.weight [8] " + at);
    try (DenseFile file = DenseFile.open(write(SIZES, FLOATS))) {
      assertThat(described(file)).isEqualTo(names);
      assertThat(((Llama2cFile) file).shape())
          .isEqualTo(new Llama2cFile.Sizes(8, 6, 2, 4, 2, 5, 3, true));
      // The embeddings are the head.
      assertThat(file.matrices()).hasSize(15).containsKey("model.embed_tokens.weight");
      assertThat(file.otherMatrices()).containsOnlyKeys("model.embed_tokens.weight");
      assertThat(file.kinds()).containsEntry("model.norm.weight", Kinds.NORM);
    }
    names.add("lm_head.weight [5, 8] " + (at + 8 + 6));
    try (Llama2cFile file = Llama2cFile.open(write(sizes(5, -5), FLOATS + 40))) {
      assertThat(described(file)).isEqualTo(names);
      assertThat(file.shape()).isEqualTo(new Llama2cFile.Sizes(8, 6, 2, 4, 2, 5, 3, false));
      assertThat(file.matrices())
          .hasSize(15)
          .containsKey("lm_head.weight")
          .doesNotContainKey("model.embed_tokens.weight");
    }
  }

  /** Name, shape and first weight of each tensor. */
  private static List<String> described(DenseFile file) {
    return file.tensors().values().stream()
        .map(t -> "%s %s %d".formatted(t.name(), t.shape(), (int) t.floats()[0]))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 16777217", "2, -1", "4, 0", "5, 0", "5, -16777217", "6, -2147483648"})
  void sizesThatNoModelHasAreRefused(int index, int value) throws IOException {
    requireRefused(
        write(sizes(index, value), FLOATS),
        ": is no checkpoint of llama2.c: size " + index + " is " + value);
  }

  @Test
  void sizesThatDoNotFitEachOtherOrTheFileAreRefused() throws IOException {
    requireRefused(
        write(sizes(3, 3), FLOATS),
        ": has 8 features, 3 heads and 2 key-value heads, which do not divide");
    requireRefused(
        write(sizes(4, 3), FLOATS),
        ": has 8 features, 4 heads and 3 key-value heads, which do not divide");
    int bytes = 28 + 4 * FLOATS;
    requireRefused(
        write(SIZES, FLOATS + 1),
        ": has %d bytes, its sizes ask for %d".formatted(bytes + 4, bytes));
    requireRefused(
        write(SIZES, FLOATS - 1),
        ": has %d bytes, its sizes ask for %d".formatted(bytes - 4, bytes));
    requireRefused(
        write(SIZES, FLOATS - 7),
        ": tensor model.norm.weight: ends beyond the file of " + (bytes - 28) + " bytes");
    requireRefused(
        write(sizes(5, 1 << 24), FLOATS),
        ": tensor model.embed_tokens.weight: ends beyond the file of " + bytes + " bytes");
    requireRefused(
        Files.write(folder.resolve("short.bin"), new byte[27]),
        ": has 27 bytes, the sizes alone take 28");
    requireRefused(
        Files.write(folder.resolve("zero.bin"), new byte[28]),
        ": is no checkpoint of llama2.c: size 0 is 0");
  }

  private static void requireRefused(Path path, String message) {
    assertThatThrownBy(() -> Llama2cFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(path + message);
  }

  @Test
  void nothingCanBeReadAfterClose() throws IOException {
    Llama2cFile file = Llama2cFile.open(write(SIZES, FLOATS));
    NamedTensor norm = file.tensor("model.norm.weight");
    file.close();
    assertThatThrownBy(norm::floats).isInstanceOf(IllegalStateException.class);
  }
}
