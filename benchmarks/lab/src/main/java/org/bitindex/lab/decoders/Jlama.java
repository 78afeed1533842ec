package org.bitindex.lab.decoders;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.io.IfExists;
import org.bitindex.io.SafetensorsWriter;
import org.bitindex.matrix.NamedTensor;

/**
 * A Llama that Jlama runs, its weights in 4 bits, activations in 8 where its native code takes
 * them. Called by name, so that the laboratory is built without it (Maven profile {@code
 * decoders}).
 */
public final class Jlama implements AutoCloseable {
  private static final String PACKAGE = "com.github.tjake.jlama.";

  private final AutoCloseable model;
  private final Object caches;
  private final Method batchForward;
  private final Method logits;
  private final Method newCache;

  /** Why Jlama is not here, in one sentence; empty if it is. */
  public static Optional<String> missing() {
    try {
      type("model.ModelSupport");
      return Optional.empty();
    } catch (ClassNotFoundException e) {
      return Optional.of("Jlama is not on the class path: build with -Pdecoders");
    }
  }

  private static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName(PACKAGE + name, false, Jlama.class.getClassLoader());
  }

  /**
   * Writes a folder as Hugging Face lays it out, with weights in FP32 and a tokenizer that knows
   * nothing.
   */
  public static void write(Path folder, DecoderConfig config, LlamaGguf.Source source)
      throws IOException {
    var weights = new SafetensorsWriter();
    String embeddings = "model.embed_tokens.weight";
    weights.add(embeddings, source.matrix(embeddings, config.vocabulary(), config.dimension()));
    norm(weights, source, "model.norm.weight", config);
    for (int l = 0; l < config.layers(); l++) {
      String prefix = "model.layers." + l + ".";
      for (String norm : List.of("input_layernorm", "post_attention_layernorm")) {
        norm(weights, source, prefix + norm + ".weight", config);
      }
      LlamaGguf.matrices(config)
          .forEach((name, shape) -> {
            String full = prefix + name + ".weight";
            weights.add(full, source.matrix(full, shape.rows(), shape.columns()));
          });
    }
    Files.createDirectories(folder);
    weights.write(folder.resolve("model.safetensors"), IfExists.REPLACE);
    Files.writeString(
        folder.resolve("config.json"),
        """
        {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_act": "silu",
         "max_position_embeddings": %d, "hidden_size": %d, "intermediate_size": %d,
         "num_attention_heads": %d, "num_key_value_heads": %d, "num_hidden_layers": %d,
         "rms_norm_eps": %s, "vocab_size": %d, "bos_token_id": 1, "eos_token_id": 2,
         "rope_theta": %s, "tie_word_embeddings": true}
        """
            .formatted(
                config.context(),
                config.dimension(),
                config.hidden(),
                config.heads(),
                config.keyValueHeads(),
                config.layers(),
                config.epsilon(),
                config.vocabulary(),
                config.rope().theta()));
    Files.writeString(
        folder.resolve("tokenizer.json"),
        """
        {"added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}
        """);
    Files.writeString(folder.resolve("tokenizer_config.json"), "{}");
    Files.writeString(folder.resolve("README.md"), ""); // which Jlama copies
  }

  private static void norm(
      SafetensorsWriter weights, LlamaGguf.Source source, String name, DecoderConfig config) {
    int length = config.dimension();
    weights.add(NamedTensor.of(name, List.of((long) length), source.norm(name, length)));
  }

  /**
   * Makes weights of 4 bits of what {@link #write} wrote.
   *
   * @return a folder beside it
   * @throws IOException if Jlama is not there or refuses it
   */
  public static Path quantise(Path folder) throws IOException {
    try {
      Class<?> types = type("safetensors.DType");
      return (Path)
          type("safetensors.SafeTensorSupport")
              .getMethod(
                  "quantizeModel",
                  Path.class,
                  types,
                  String[].class,
                  String[].class,
                  Optional.class)
              .invoke(
                  null,
                  folder,
                  constant(types, "Q4"),
                  null,
                  null,
                  Optional.of(folder.resolveSibling(folder.getFileName() + "-q4")));
    } catch (ReflectiveOperationException e) {
      throw new IOException("Jlama does not quantise: " + reason(e), e);
    }
  }

  /**
   * Opens what {@link #quantise} made.
   *
   * @throws IOException if Jlama is not there or refuses it
   */
  public Jlama(Path folder, int threads) throws IOException {
    try {
      Class<?> types = type("safetensors.DType");
      Method load =
          type("model.ModelSupport")
              .getMethod(
                  "loadModel",
                  File.class,
                  File.class,
                  types,
                  types,
                  Optional.class,
                  Optional.class);
      this.model =
          (AutoCloseable)
              load.invoke(
                  null,
                  folder.toFile(),
                  folder.toFile(),
                  constant(types, "F32"),
                  constant(types, "I8"),
                  Optional.empty(),
                  Optional.of(threads));
      Class<?> models = type("model.AbstractModel");
      Class<?> cacheType = type("tensor.KvBufferCache");
      Class<?> cache = type("tensor.KvBufferCache$KvBuffer");
      this.caches = cacheType.getConstructor(models).newInstance(model);
      this.newCache = cacheType.getMethod("getEphemeralKvBuffer");
      this.batchForward = models.getMethod("batchForward", int[].class, int.class, cache);
      this.logits = models.getMethod("getLogits", type("tensor.AbstractTensor"));
    } catch (ReflectiveOperationException e) {
      throw new IOException("Jlama does not start: " + reason(e), e);
    }
  }

  private static Object constant(Class<?> types, String name) {
    return Arrays.stream(types.getEnumConstants())
        .filter(constant -> constant.toString().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** Sends tokens through the model, from the start of a text; logits of the last. */
  public float[] forward(int[] tokens) {
    try (var cache = (AutoCloseable) newCache.invoke(caches);
        var features = (AutoCloseable) batchForward.invoke(model, tokens, 0, cache)) {
      return (float[]) logits.invoke(model, features);
    } catch (Exception e) {
      throw new IllegalStateException("Jlama fails: " + reason(e), e);
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause();
    return cause == null ? e.toString() : reason(cause);
  }

  @Override
  public void close() {
    try {
      ((AutoCloseable) caches).close();
      model.close();
    } catch (Exception e) {
      throw new IllegalStateException("Jlama does not close: " + reason(e), e);
    }
  }
}
