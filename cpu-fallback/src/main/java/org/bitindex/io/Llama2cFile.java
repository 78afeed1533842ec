package org.bitindex.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.internal.LittleEndian;
import org.bitindex.io.format.MappedFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * A checkpoint of llama2.c (github.com/karpathy/llama2.c, {@code run.c}), version 0: seven sizes,
 * then FP32 weights, each kind for all layers in turn. Tensors have the names of Hugging Face.
 */
public final class Llama2cFile implements DenseFile {
  private static final int HEADER_BYTES = 7 * Integer.BYTES;

  /**
   * The sizes at the start of the file.
   *
   * @param vocabulary number of tokens
   * @param sharedHead whether logits come from the embeddings
   */
  public record Sizes(
      int dimension,
      int hidden,
      int layers,
      int heads,
      int keyValueHeads,
      int vocabulary,
      int context,
      boolean sharedHead) {}

  private final MappedFile file;
  private final Sizes sizes;
  private final SequencedMap<String, NamedTensor> tensors = new LinkedHashMap<>();
  private long at = HEADER_BYTES;

  Llama2cFile(MappedFile file) throws IOException {
    this.file = file;
    if (file.size() < HEADER_BYTES) {
      throw file.bad("has " + file.size() + " bytes, the sizes alone take " + HEADER_BYTES);
    }
    this.sizes = sizes();
    int d = sizes.dimension;
    long hidden = sizes.hidden;
    long keys = (long) d / sizes.heads * sizes.keyValueHeads;
    add("model.embed_tokens", sizes.vocabulary, d);
    addLayers("input_layernorm", d);
    addLayers("self_attn.q_proj", d, d);
    addLayers("self_attn.k_proj", keys, d);
    addLayers("self_attn.v_proj", keys, d);
    addLayers("self_attn.o_proj", d, d);
    addLayers("post_attention_layernorm", d);
    addLayers("mlp.gate_proj", hidden, d);
    addLayers("mlp.down_proj", d, hidden);
    addLayers("mlp.up_proj", hidden, d);
    add("model.norm", d);
    at += (long) sizes.context * (d / sizes.heads) * Float.BYTES; // two tables, no longer used
    if (!sizes.sharedHead) {
      add("lm_head", sizes.vocabulary, d);
    }
    if (at != file.size()) {
      throw file.bad("has " + file.size() + " bytes, its sizes ask for " + at);
    }
  }

  private Sizes sizes() throws IOException {
    int[] header = new int[7];
    for (int i = 0; i < header.length; i++) {
      header[i] = file.data().get(LittleEndian.INT, (long) i * Integer.BYTES);
    }
    int vocabulary = Math.abs(header[5]);
    for (int i = 0; i < header.length; i++) {
      int size = i == 5 ? vocabulary : header[i];
      if (size < 1 || size > 1 << 24) {
        throw file.bad("is no checkpoint of llama2.c: size " + i + " is " + header[i]);
      }
    }
    if (header[0] % header[3] != 0 || header[3] % header[4] != 0) {
      throw file.bad(
          "has %d features, %d heads and %d key-value heads, which do not divide"
              .formatted(header[0], header[3], header[4]));
    }
    return new Sizes(
        header[0],
        header[1],
        header[2],
        header[3],
        header[4],
        vocabulary,
        header[6],
        header[5] > 0);
  }

  private void addLayers(String module, long... shape) throws IOException {
    for (int l = 0; l < sizes.layers; l++) {
      add("model.layers." + l + "." + module, shape);
    }
  }

  private void add(String module, long... shape) throws IOException {
    String name = module + ".weight";
    long bytes = Float.BYTES;
    for (long size : shape) {
      bytes = Math.multiplyExact(bytes, size);
    }
    if (bytes > file.size() - at) {
      throw file.bad(name, "ends beyond the file of " + file.size() + " bytes");
    }
    List<Long> sizesOf = Arrays.stream(shape).boxed().toList();
    tensors.put(name, new NamedTensor(name, DType.F32, sizesOf, file.data().asSlice(at, bytes)));
    at += bytes;
  }

  /** Opens a file; errors as {@link DenseFile#open}. */
  public static Llama2cFile open(Path path) throws IOException {
    return MappedFile.open(path, Llama2cFile::new);
  }

  /** The sizes of the model. */
  public Sizes shape() {
    return sizes;
  }

  @Override
  public Path path() {
    return file.path();
  }

  @Override
  public SequencedMap<String, NamedTensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    return Matrices.withSharedHead(Matrices.products(tensors.values(), kinds()), otherMatrices());
  }

  @Override
  public SequencedMap<String, Weights> otherMatrices() {
    return Matrices.others(tensors.values(), kinds());
  }

  @Override
  public SequencedMap<String, String> kinds() {
    return Matrices.kinds(tensors.values());
  }

  @Override
  public void close() {
    file.close();
  }
}
