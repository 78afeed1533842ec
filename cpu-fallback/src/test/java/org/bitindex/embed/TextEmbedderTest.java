package org.bitindex.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextEmbedderTest {
  private static final String TOKENIZER =
      """
      {"added_tokens": [],
       "normalizer": {"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
         "strip_accents": null, "lowercase": true},
       "pre_tokenizer": {"type": "BertPreTokenizer"},
       "post_processor": {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "[CLS]"}}, {"Sequence": {"id": "A"}}],
         "special_tokens": {"[CLS]": {"ids": [1]}}},
       "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
         "max_input_chars_per_word": 9,
         "vocab": {"[UNK]": 0, "[CLS]": 1, "east": 2, "north": 3}}}
      """;

  /** What each token looks up: nothing, a little of both, east, north. */
  private static final OnnxTensor TABLE =
      OnnxTensor.of("table", List.of(4L, 2L), 0f, 0f, 3f, 4f, 8f, 0f, 0f, 4f);

  @TempDir private Path folder;

  private static ValueInfo longs(String name) {
    return new ValueInfo(name, new ValueType(ValueType.Kind.TENSOR, DataType.INT64, null, null));
  }

  /** Looks tokens up; {@code mask} is an input that must be ones, as it multiplies. */
  private TextEmbedder open(Pooling pooling, String mask) throws Exception {
    var floats = new ValueType(ValueType.Kind.TENSOR, DataType.FLOAT, null, null);
    var graph =
        new Graph(
            "g",
            List.of(
                Models.node("Mul", "input_ids " + mask, "ids"),
                Models.node("Gather", "table ids", "states")),
            List.of(longs("input_ids"), longs(mask)),
            List.of(new ValueInfo("states", floats)),
            List.of(),
            new LinkedHashMap<>(Map.of("table", TABLE)),
            new LinkedHashMap<>());
    Path network = Files.write(folder.resolve("m.onnx"), Models.model(17, graph).toBytes());
    Path tokenizer = Files.writeString(folder.resolve("tokenizer.json"), TOKENIZER);
    return TextEmbedder.open(network, tokenizer, 3, pooling);
  }

  @Test
  void tokensArePooledToLengthOne() throws Exception {
    try (TextEmbedder mean = open(Pooling.MEAN, "attention_mask")) {
      assertThat(mean.embed("")).containsExactly(0.6f, 0.8f);
      assertThat(mean.embed("North")).containsExactly(unit(3, 8));
      assertThat(mean.embed("east north")).containsExactly(unit(11, 8));
      assertThat(mean.embed("east north north north")).isEqualTo(mean.embed("east north"));
      assertThat(mean.tokenizer().maxTokens()).isEqualTo(3);
    }
    try (TextEmbedder first = open(Pooling.FIRST, "attention_mask")) {
      assertThat(first.embed("east")).containsExactly(0.6f, 0.8f);
    }
  }

  private static float[] unit(float x, float y) {
    float inverse = (float) (1 / Math.sqrt((double) x * x + (double) y * y));
    return new float[] {x * inverse, y * inverse};
  }

  @Test
  void textsOfAnyLengthsKeepTheirOrder() throws Exception {
    List<String> texts = List.of("east north", "", "north", "east", "", "north east");
    try (TextEmbedder embedder = open(Pooling.MEAN, "attention_mask")) {
      List<float[]> vectors = embedder.embed(texts);
      assertThat(vectors).hasSameSizeAs(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(vectors.get(i)).isEqualTo(embedder.embed(texts.get(i)));
      }
      assertThat(embedder.embed(List.of())).isEmpty();
    }
  }

  @Test
  void anUnknownInputIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(Pooling.MEAN, "pixel_values"))
        .withMessageContaining("has an input pixel_values");
  }
}
