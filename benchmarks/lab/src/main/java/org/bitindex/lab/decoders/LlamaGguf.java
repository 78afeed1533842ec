package org.bitindex.lab.decoders;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.Weights;

/**
 * Writes a Llama as llama.cpp reads it, without a tokenizer. The features between the matrices of a
 * feed-forward layer are padded to whole blocks with weights of zero, which changes no output; the
 * head is that of the embeddings.
 */
public final class LlamaGguf {
  /** What layers are called, by the names that Hugging Face gives them. */
  private static final Map<String, String> NAMES =
      Map.of(
          "self_attn.q_proj", "attn_q",
          "self_attn.k_proj", "attn_k",
          "self_attn.v_proj", "attn_v",
          "self_attn.o_proj", "attn_output",
          "mlp.gate_proj", "ffn_gate",
          "mlp.up_proj", "ffn_up",
          "mlp.down_proj", "ffn_down");

  private static final Map<String, String> NORMS =
      Map.of("input_layernorm", "attn_norm", "post_attention_layernorm", "ffn_norm");

  private LlamaGguf() {}

  /** The weights of a model, by Hugging Face's names. */
  public interface Source {
    /** A matrix of so many rows and columns. */
    Weights matrix(String name, int rows, int columns);

    /** A norm of so many elements. */
    float[] norm(String name, int length);

    /** The tensors of a file. */
    static Source of(DenseFile file) {
      return new Source() {
        @Override
        public Weights matrix(String name, int rows, int columns) {
          return file.tensor(name).weights();
        }

        @Override
        public float[] norm(String name, int length) {
          return file.tensor(name).floats();
        }
      };
    }
  }

  /**
   * Writes a file.
   *
   * @param type of all matrices
   */
  public static void write(Path path, DecoderConfig config, Source source, GgufType type)
      throws IOException {
    int block = type.weights();
    int hidden = (config.hidden() + block - 1) / block * block;
    var file = new GgufWriter();
    values(file, config, hidden);
    file.matrix(
        "token_embd.weight",
        type,
        source.matrix("model.embed_tokens.weight", config.vocabulary(), config.dimension()));
    file.vector("output_norm.weight", source.norm("model.norm.weight", config.dimension()));
    for (int l = 0; l < config.layers(); l++) {
      String from = "model.layers." + l + ".";
      String to = "blk." + l + ".";
      NORMS.forEach((name, theirs) ->
          file.vector(
              to + theirs + ".weight", source.norm(from + name + ".weight", config.dimension())));
      matrices(config)
          .forEach((name, shape) -> {
            Weights weights = source.matrix(from + name + ".weight", shape.rows, shape.columns);
            boolean inward = name.equals("mlp.gate_proj") || name.equals("mlp.up_proj");
            boolean outward = name.equals("mlp.down_proj");
            file.matrix(
                to + NAMES.get(name) + ".weight",
                type,
                new Padded(
                    weights, inward ? hidden : shape.rows, outward ? hidden : shape.columns));
          });
    }
    file.write(path);
  }

  /** Rows and columns of a matrix. */
  public record Shape(int rows, int columns) {}

  /** The matrices of a layer, by the names that Hugging Face gives them. */
  public static SequencedMap<String, Shape> matrices(DecoderConfig config) {
    int dimension = config.dimension();
    int keys = config.keyValueWidth();
    SequencedMap<String, Shape> shapes = new LinkedHashMap<>();
    shapes.put("self_attn.q_proj", new Shape(config.queryWidth(), dimension));
    shapes.put("self_attn.k_proj", new Shape(keys, dimension));
    shapes.put("self_attn.v_proj", new Shape(keys, dimension));
    shapes.put("self_attn.o_proj", new Shape(dimension, config.queryWidth()));
    shapes.put("mlp.gate_proj", new Shape(config.hidden(), dimension));
    shapes.put("mlp.up_proj", new Shape(config.hidden(), dimension));
    shapes.put("mlp.down_proj", new Shape(dimension, config.hidden()));
    return shapes;
  }

  private static void values(GgufWriter file, DecoderConfig config, int hidden) {
    file.value("general.architecture", "llama")
        .value("llama.vocab_size", config.vocabulary())
        .value("llama.context_length", config.context())
        .value("llama.embedding_length", config.dimension())
        .value("llama.block_count", config.layers())
        .value("llama.feed_forward_length", hidden)
        .value("llama.attention.head_count", config.heads())
        .value("llama.attention.head_count_kv", config.keyValueHeads())
        .value("llama.attention.key_length", config.headDimension())
        .value("llama.attention.value_length", config.headDimension())
        .value("llama.attention.layer_norm_rms_epsilon", config.epsilon())
        .value("llama.rope.dimension_count", config.headDimension())
        .value("llama.rope.freq_base", (float) config.rope().theta())
        .value("tokenizer.ggml.model", "no_vocab");
  }

  /** Weights with zeros after the last row and column. */
  private record Padded(Weights weights, int rows, int columns) implements Weights {
    @Override
    public void readRow(int row, float[] target) {
      int given = weights.columns();
      if (given == columns) {
        if (row < weights.rows()) {
          weights.readRow(row, target);
        } else {
          Arrays.fill(target, 0);
        }
        return;
      }
      float[] part = new float[given];
      weights.readRow(row, part);
      System.arraycopy(part, 0, target, 0, given);
      Arrays.fill(target, given, columns, 0);
    }
  }
}
