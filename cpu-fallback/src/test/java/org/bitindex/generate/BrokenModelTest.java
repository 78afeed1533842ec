package org.bitindex.generate;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.io.GgufBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Models that cannot be run: a sentence names the file and what is wrong in it. */
class BrokenModelTest {
  private static final String CONFIG =
      """
      {"model_type": "llama", "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 1,
       "num_attention_heads": 4, "vocab_size": 3, "max_position_embeddings": 40}\
      """;

  private static final String TOKENIZER =
      """
      {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": []}}\
      """;

  @TempDir private Path folder;

  /** A folder without a single weight. */
  private void write(String config, String tokenizer) throws IOException {
    ByteBuffer none = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN);
    none.putLong(2).put((byte) '{').put((byte) '}');
    Files.write(folder.resolve("model.safetensors"), none.array());
    Files.writeString(folder.resolve("config.json"), config);
    Files.writeString(folder.resolve("tokenizer.json"), tokenizer);
  }

  private void assertRefused(Path model, String message) {
    try (Backend scalar = Backends.open("scalar", 1)) {
      assertThatThrownBy(() -> LanguageModel.open(model, scalar, 24, 1))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageStartingWith(model.toString())
          .hasMessageContaining(message);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "llama"                 | "mamba"     | model_type is 'mamba', known are [bitnet
          "hidden_size": 16       | "x": 1      | hidden_size is missing, not a number
          "hidden_size": 16       | "hidden_size": 1e99 | hidden_size is 1.0E99, not a number
          "num_attention_heads": 4 | "num_attention_heads": 0 | number of heads is 0, must be at least 1
          "num_attention_heads": 4 | "num_attention_heads": 2147483647, "head_dim": 64 | 2147483647 heads of 64 features are more than an array holds
          "num_hidden_layers": 1  | "num_hidden_layers": 2147483647 | the model has no model.embed_tokens.weight
          "llama"                 | "mistral", "sliding_window": 5 | attention in a sliding window is not supported
          {                       | [           | config.json is no JSON: Unexpected character
          """)
  void aConfigIsRead(String original, String broken, String message) throws IOException {
    write(CONFIG.replace(original, broken), TOKENIZER);
    assertRefused(folder, message);
  }

  @Test
  void aModelWithoutWeightsSaysSoAfterItsConfigWasRead() throws IOException {
    write(CONFIG, TOKENIZER);
    assertRefused(folder, "the model has no model.embed_tokens.weight");
  }

  @Test
  void aTokenizerOfAnotherKindIsNamed() throws IOException {
    write(CONFIG, "{\"model\": {\"type\": \"Unigram\", \"vocab\": []}}");
    assertRefused(folder, "Unigram");
  }

  @Test
  void ggufNamesWhatItLacks() throws IOException {
    var builder = new GgufBuilder().put("general.architecture", "mamba");
    assertRefused(
        builder.write(folder.resolve("unknown.gguf")),
        "mamba.embedding_length is missing; known architectures are [bitnet");
    builder = new GgufBuilder().put("general.architecture", "llama");
    for (String size :
        List.of(
            "embedding_length",
            "feed_forward_length",
            "block_count",
            "attention.head_count",
            "context_length")) {
      builder.put("llama." + size, 4);
    }
    builder
        .put("tokenizer.ggml.model", "llama")
        .putTexts("tokenizer.ggml.tokens", List.of("<unk>", "a", "b"))
        .putFloats("tokenizer.ggml.scores", new float[] {0});
    assertRefused(
        builder.write(folder.resolve("scores.gguf")),
        "tokenizer.ggml.scores has 1 scores of 3 tokens");
    builder.put("tokenizer.ggml.bos_token_id", 3);
    assertRefused(
        builder.write(folder.resolve("begin.gguf")),
        "tokenizer.ggml.bos_token_id is 3, there are 3 tokens");
    builder.putTexts("tokenizer.ggml.tokens", List.of());
    assertRefused(
        builder.write(folder.resolve("none.gguf")),
        "tokenizer.ggml.bos_token_id is 3, there are 0 tokens");
  }
}
