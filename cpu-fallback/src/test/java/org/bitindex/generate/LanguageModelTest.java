package org.bitindex.generate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bitindex.generate.TinyCheckpoint.CONTEXT;
import static org.bitindex.generate.TinyCheckpoint.DIMENSION;
import static org.bitindex.generate.TinyCheckpoint.HIDDEN;
import static org.bitindex.generate.TinyCheckpoint.TOKENS;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.DenseFile;
import org.bitindex.io.GgufBuilder;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A small random model in each format: the same weights say the same. */
class LanguageModelTest {
  private static final String PROMPT = "ab ba";

  @TempDir private Path folder;
  private Path checkpoint;

  @BeforeEach
  void writeCheckpoint() throws IOException {
    checkpoint = TinyCheckpoint.write(folder);
  }

  private Path encode(Path dense, Code code) throws IOException {
    Path path = folder.resolve("encoded.safetensors");
    try (DenseFile file = DenseFile.open(dense)) {
      var writer = new ModelWriter();
      file.tensorsWithout(file.matrices().keySet()).forEach(writer::add);
      for (var tensor : ModelDescription.of(file).orElseThrow().tensors()) {
        writer.add(tensor);
      }
      var encoder = new Encoder(code, ScaleMode.ROW, new Layout.Flat(), 1);
      file.matrices().forEach((name, w) -> writer.add(name, () -> encoder.encode(w)));
      writer.write(path, IfExists.REPLACE);
    }
    return path;
  }

  private static String continued(Path path, String backend, int threads) throws IOException {
    var text = new StringBuilder();
    try (Backend opened = Backends.open(backend, threads);
        LanguageModel model = LanguageModel.open(path, opened, 24, threads)) {
      Generator.Generation done =
          new Generator(model, KeyValueCache.Precision.FLOAT32)
              .generate(PROMPT, 25, Sampler.greedy(), text::append);
      assertThat(done.promptTokens()).isEqualTo(5); // <s>, " ab", " ", "b", "a"
      assertThat(done.tokens()).isPositive();
    }
    return text.toString();
  }

  /** Products and attention of these sizes are shared by threads, and batches go several ways. */
  private Path encodedOfRealSizes(Code code) throws IOException {
    return encode(TinyCheckpoint.write(folder, 256, 640, 128), code);
  }

  /** Long enough for every way to read it. */
  private static final String LONG_PROMPT = "ab ba a b".repeat(8);

  private static final List<String> PROMPTS = List.of(LONG_PROMPT, "b", "a ab".repeat(5));

  @ParameterizedTest
  @CsvSource({"symmetric4, 24", "symmetric5, 8", "ternary, 8"})
  void everyBackendWidthThreadCountAndBatchWritesTheSameTexts(String code, int activationBits)
      throws IOException {
    Path encoded = encodedOfRealSizes(Code.parse(code));
    List<String> expected = new ArrayList<>();
    try (Backend scalar = Backends.open("scalar", 1);
        LanguageModel model = LanguageModel.open(encoded, scalar, activationBits, 1)) {
      for (String prompt : PROMPTS) {
        expected.addAll(texts(model, List.of(prompt)));
      }
    }
    assertThat(expected).doesNotHaveDuplicates().allMatch(text -> text.length() > 10);
    for (String name : List.of("scalar", "vector:128", "vector:256", "vector:512", "auto")) {
      for (int threads : new int[] {1, 2}) {
        try (Backend backend = Backends.open(name, threads);
            LanguageModel model = LanguageModel.open(encoded, backend, activationBits, threads)) {
          String what = name + " with " + threads + " threads";
          assertThat(texts(model, PROMPTS.subList(0, 1)))
              .as(what)
              .isEqualTo(expected.subList(0, 1));
          assertThat(texts(model, PROMPTS)).as(what + ", side by side").isEqualTo(expected);
          model.decoder().prepare(64); // prompts are read at once now
          assertThat(texts(model, PROMPTS)).as(what + ", read at once").isEqualTo(expected);
        }
      }
    }
  }

  private static List<String> texts(LanguageModel model, List<String> prompts) {
    List<StringBuilder> texts = prompts.stream().map(_ -> new StringBuilder()).toList();
    List<Generator.Prompt> all = new ArrayList<>();
    for (StringBuilder text : texts) {
      all.add(new Generator.Prompt(prompts.get(all.size()), Sampler.greedy(), text::append));
    }
    new Generator(model, KeyValueCache.Precision.FLOAT32).generate(all, 12);
    return texts.stream().map(StringBuilder::toString).toList();
  }

  @Test
  void logitsHaveTheSameBitsHoweverThePromptIsCut() throws IOException {
    Path encoded = encodedOfRealSizes(new Code.Symmetric(4));
    float[] expected = null;
    for (String name : List.of("scalar", "vector:128", "vector:256", "vector:512")) {
      try (Backend backend = Backends.open(name, 2);
          LanguageModel model = LanguageModel.open(encoded, backend, 8, 2)) {
        int[] tokens = model.tokenizer().encode(LONG_PROMPT).ids();
        for (int size : new int[] {1, 4, 7, tokens.length}) {
          var cache = new KeyValueCache(model.decoder().config(), KeyValueCache.Precision.INT8);
          float[] logits = {};
          for (int from = 0; from < tokens.length; from += size) {
            int[] piece = Arrays.copyOfRange(tokens, from, Math.min(tokens.length, from + size));
            logits =
                model
                    .decoder()
                    .forward(List.of(new Decoder.Input(cache, piece)), Decoder.Logits.LAST);
          }
          expected = expected == null ? logits : expected;
          assertThat(logits).as("%s, %d at once", name, size).isEqualTo(expected);
        }
      }
    }
  }

  /** Prompts leave no form of the weights behind that the tokens after them do not need. */
  @Test
  void promptsAreReadInPiecesThatNeedNoOtherForm() throws IOException {
    Path encoded = encodedOfRealSizes(new Code.Symmetric(4));
    Set<Integer> batches = new TreeSet<>();
    try (Backend backend = Backends.open("vector:512", 2);
        LanguageModel model =
            LanguageModel.open(encoded, backend, 8, 2, (_, _, _, batch) -> batches.add(batch))) {
      texts(model, List.of(LONG_PROMPT));
      int most = model.decoder().mostTokensLike(1);
      assertThat(most).isBetween(1, 16);
      assertThat(batches).first().isEqualTo(1);
      assertThat(batches).last().isEqualTo(most);
      model.decoder().prepare(2 * most, 4 * most, 8 * most, 16 * most, 64);
      texts(model, List.of(LONG_PROMPT));
      assertThat(batches).last().isEqualTo(model.tokenizer().encode(LONG_PROMPT).ids().length - 1);
    }
  }

  @Test
  void aPromptThatDoesNotFitIsRefusedBeforeItIsRead() throws IOException {
    try (Backend scalar = Backends.open("scalar", 1);
        LanguageModel model = LanguageModel.open(checkpoint, scalar, 24, 1)) {
      String prompt = "b".repeat(CONTEXT);
      assertThatThrownBy(() -> texts(model, List.of(prompt)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a prompt has 42 tokens, must be from 1 to the model's context of 40");
    }
  }

  @Test
  void eightBitsForetellNearlyAsFloats() throws IOException {
    try (Backend scalar = Backends.open("scalar", 1);
        LanguageModel dense = LanguageModel.open(checkpoint, scalar, 24, 1);
        LanguageModel encoded =
            LanguageModel.open(encode(checkpoint, new Code.Symmetric(8)), scalar, 24, 1)) {
      String text = "ab ab ba a b aab ".repeat(4); // longer than the context
      var exact = new Generator(dense, KeyValueCache.Precision.FLOAT32).predict(text);
      var eight = new Generator(encoded, KeyValueCache.Precision.FLOAT32).predict(text);
      assertThat(exact.tokens()).isGreaterThan(CONTEXT / 2);
      assertThat(eight.perplexity() / exact.perplexity()).isBetween(0.8, 1.25);
      assertThat(eight.agreement(exact)).isGreaterThan(0.8);
      assertThat(exact.agreement(exact)).isEqualTo(1);
    }
  }

  @Test
  void ggufSaysWhatTheCheckpointSays() throws IOException {
    try (DenseFile file = DenseFile.open(checkpoint)) {
      List<String> tokens =
          TOKENS.stream().map(t -> t.strip().isEmpty() ? "▁" : t.strip()).toList();
      List<String> spaced = new ArrayList<>(tokens);
      spaced.set(TOKENS.indexOf(" a"), "▁a");
      spaced.set(TOKENS.indexOf(" ab"), "▁ab");
      float[] scores = new float[TOKENS.size()];
      for (int id = 0; id < scores.length; id++) {
        scores[id] = -id;
      }
      var builder =
          new GgufBuilder()
              .put("general.architecture", "llama")
              .put("llama.embedding_length", DIMENSION)
              .put("llama.feed_forward_length", HIDDEN)
              .put("llama.block_count", 1)
              .put("llama.attention.head_count", 4)
              .put("llama.attention.head_count_kv", 2)
              .put("llama.context_length", CONTEXT)
              .put("llama.attention.layer_norm_rms_epsilon", 1e-5f)
              .put("tokenizer.ggml.model", "llama")
              .put("tokenizer.ggml.bos_token_id", 1)
              .put("tokenizer.ggml.eos_token_id", 2)
              .putTexts("tokenizer.ggml.tokens", spaced)
              .putFloats("tokenizer.ggml.scores", scores);
      add(builder, file, "token_embd.weight", "model.embed_tokens.weight");
      add(builder, file, "output_norm.weight", "model.norm.weight");
      String layer = "model.layers.0.";
      add(builder, file, "blk.0.attn_norm.weight", layer + "input_layernorm.weight");
      add(builder, file, "blk.0.attn_q.weight", layer + "self_attn.q_proj.weight");
      add(builder, file, "blk.0.attn_k.weight", layer + "self_attn.k_proj.weight");
      add(builder, file, "blk.0.attn_v.weight", layer + "self_attn.v_proj.weight");
      add(builder, file, "blk.0.attn_output.weight", layer + "self_attn.o_proj.weight");
      add(builder, file, "blk.0.ffn_norm.weight", layer + "post_attention_layernorm.weight");
      add(builder, file, "blk.0.ffn_gate.weight", layer + "mlp.gate_proj.weight");
      add(builder, file, "blk.0.ffn_up.weight", layer + "mlp.up_proj.weight");
      add(builder, file, "blk.0.ffn_down.weight", layer + "mlp.down_proj.weight");
      Path gguf = builder.write(folder.resolve("tiny.gguf"));
      // This file does not say that <unk> stands for no text.
      assertThat(continued(gguf, "scalar", 1).replace("<unk>", ""))
          .isEqualTo(continued(checkpoint, "scalar", 1));
    }
  }

  @Test
  void anEncodedFileThatChangedIsRefused() throws IOException {
    Path encoded = encode(checkpoint, new Code.Symmetric(4));
    byte[] bytes = Files.readAllBytes(encoded);
    bytes[bytes.length - 1] ^= 1;
    Files.write(encoded, bytes);
    try (Backend scalar = Backends.open("scalar", 1)) {
      assertThatThrownBy(() -> LanguageModel.open(encoded, scalar, 24, 1))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageStartingWith(encoded.toString())
          .hasMessageContaining("checksum is");
    }
  }

  @Test
  void tokensOfACheckpointKeepTheirWhiteSpace() throws IOException {
    Path tokenizer = folder.resolve("tok" + TOKENS.size() + ".bin");
    byte[] bytes = Files.readAllBytes(tokenizer);
    String file = new String(bytes, StandardCharsets.ISO_8859_1);
    byte[] ideographicSpaces = "\u3000\u3000".getBytes(StandardCharsets.UTF_8);
    System.arraycopy(ideographicSpaces, 0, bytes, file.indexOf("<0xFF>"), 6);
    Files.write(tokenizer, bytes);
    try (Backend scalar = Backends.open("scalar", 1);
        LanguageModel model = LanguageModel.open(checkpoint, scalar, 24, 1)) {
      int a = TOKENS.indexOf("a");
      int[] ids = {1, a, TOKENS.indexOf("<0xFF>"), a, 2};
      assertThat(model.tokenizer().decode(ids)).isEqualTo("a\u3000\u3000a");
    }
  }

  @Test
  void embeddingsOfAnotherShapeThanTheHeadAreRefused() throws IOException {
    Path path = folder.resolve("narrow.safetensors");
    try (DenseFile file = DenseFile.open(checkpoint)) {
      var writer = new ModelWriter();
      file.tensorsWithout(file.matrices().keySet()).forEach(writer::add);
      ModelDescription.of(file).orElseThrow().tensors().forEach(writer::add);
      var encoder = new Encoder(new Code.Symmetric(8), ScaleMode.ROW, new Layout.Flat(), 1);
      file.matrices()
          .forEach((name, w) ->
              writer.add(
                  name.equals(LanguageModel.EMBEDDINGS) ? "lm_head.weight" : name,
                  () -> encoder.encode(w)));
      List<Long> shape = List.of((long) TOKENS.size(), 8L);
      writer.add(NamedTensor.of(LanguageModel.EMBEDDINGS, shape, new float[TOKENS.size() * 8]));
      writer.write(path, IfExists.REFUSE);
    }
    try (Backend scalar = Backends.open("scalar", 1)) {
      assertThatThrownBy(() -> LanguageModel.open(path, scalar, 24, 1))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageContaining(
              "model.embed_tokens.weight is %1$d x 8, expected %1$d x 16".formatted(TOKENS.size()));
    }
  }

  private static void add(GgufBuilder builder, DenseFile file, String name, String ours) {
    var tensor = file.tensor(ours);
    long[] sizes = tensor.shape().reversed().stream().mapToLong(size -> size).toArray();
    builder.tensor(name, tensor.floats(), sizes);
  }

  @Test
  void whatIsNoLanguageModelIsNamed() throws IOException {
    Files.delete(folder.resolve("tok" + TOKENS.size() + ".bin"));
    try (Backend scalar = Backends.open("scalar", 1)) {
      assertThatThrownBy(() -> LanguageModel.open(checkpoint, scalar, 24, 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("needs its tokenizer beside it");
      Files.write(checkpoint, new byte[40]);
      assertThatThrownBy(() -> LanguageModel.open(checkpoint, scalar, 24, 1))
          .hasMessageContaining("is no checkpoint of llama2.c: size 0 is 0");
      assertThatThrownBy(() -> LanguageModel.open(folder, scalar, 24, 1))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("has neither model.safetensors nor model.safetensors.index.json");
    }
  }
}
