package org.bitindex.embed;

import java.io.IOException;
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

/** A network and a tokenizer of four tokens, for tests of what embeds. */
public final class TinyEmbedder {
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

  private TinyEmbedder() {}

  /** Files in {@code folder}; texts have at most three tokens, vectors two elements. */
  public static TextEmbedder open(Path folder, Pooling pooling) throws IOException {
    return open(folder, pooling, "attention_mask");
  }

  private static ValueInfo longs(String name) {
    return new ValueInfo(name, new ValueType(ValueType.Kind.TENSOR, DataType.INT64, null, null));
  }

  /** Looks tokens up; {@code mask} is an input that must be ones, as it multiplies. */
  static TextEmbedder open(Path folder, Pooling pooling, String mask) throws IOException {
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
}
