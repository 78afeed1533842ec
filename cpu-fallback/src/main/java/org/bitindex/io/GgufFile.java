package org.bitindex.io;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import org.bitindex.internal.LittleEndian;
import org.bitindex.io.format.GgufBlock;
import org.bitindex.io.format.GgufHeader;
import org.bitindex.io.format.MappedFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * A language model in GGUF, llama.cpp's format. Tensors have the names of Hugging Face ({@code
 * blk.0.attn_q.weight} is {@code model.layers.0.self_attn.q_proj.weight}); quantised ones are
 * dequantised as they are read, to the float that ggml gives.
 */
public final class GgufFile implements DenseFile {
  private static final List<String[]> NAMES =
      List.of(
          new String[] {"token_embd", "model.embed_tokens"},
          new String[] {"output_norm", "model.norm"},
          new String[] {"output", "lm_head"});
  private static final List<String[]> LAYER_NAMES =
      List.of(
          new String[] {"attn_norm", "input_layernorm"},
          new String[] {"attn_q", "self_attn.q_proj"},
          new String[] {"attn_k", "self_attn.k_proj"},
          new String[] {"attn_v", "self_attn.v_proj"},
          new String[] {"attn_output", "self_attn.o_proj"},
          new String[] {"attn_q_norm", "self_attn.q_norm"},
          new String[] {"attn_k_norm", "self_attn.k_norm"},
          new String[] {"attn_sub_norm", "self_attn.attn_sub_norm"},
          new String[] {"ffn_norm", "post_attention_layernorm"},
          new String[] {"ffn_gate", "mlp.gate_proj"},
          new String[] {"ffn_up", "mlp.up_proj"},
          new String[] {"ffn_down", "mlp.down_proj"},
          new String[] {"ffn_sub_norm", "mlp.ffn_sub_norm"});

  private final MappedFile file;
  private final SequencedMap<String, Object> values;
  private final SequencedMap<String, Block> blocks = new LinkedHashMap<>();
  private final SequencedMap<String, NamedTensor> tensors;
  private final SequencedMap<String, String> leftOut = new LinkedHashMap<>();

  /** A tensor of blocks, whose rows are whole blocks. */
  private record Block(GgufBlock type, MemorySegment data, int rows, int columns)
      implements Weights {
    @Override
    public void readRow(int row, float[] target) {
      Objects.checkIndex(row, rows);
      int count = columns / type.weights();
      long at = (long) row * count * type.bytes();
      for (int i = 0; i < count; i++) {
        type.decode(data, at + (long) i * type.bytes(), target, i * type.weights());
      }
    }
  }

  GgufFile(MappedFile file) throws IOException {
    this.file = file;
    var header = new GgufHeader(file);
    this.values = Collections.unmodifiableSequencedMap(header.values());
    SequencedMap<String, NamedTensor> stored = new LinkedHashMap<>();
    for (GgufHeader.Entry entry : header.tensors()) {
      String name = huggingFaceName(entry.name());
      if (stored.containsKey(name)) {
        throw file.bad(name, "appears twice");
      }
      add(name, entry, header.dataStart(), stored);
    }
    this.tensors = Collections.unmodifiableSequencedMap(stored);
  }

  private void add(
      String name, GgufHeader.Entry entry, long dataStart, SequencedMap<String, NamedTensor> stored)
      throws IOException {
    GgufBlock type =
        Arrays.stream(GgufBlock.values())
            .filter(t -> t.id() == entry.type())
            .findFirst()
            .orElse(null);
    if (type == null) {
      leftOut.put(name, "GGUF type " + entry.type() + " is not known here");
      return;
    }
    long columns = entry.sizes().isEmpty() ? 1 : entry.sizes().getFirst();
    long rows = 1;
    for (int i = 1; i < entry.sizes().size() && rows <= Integer.MAX_VALUE; i++) {
      rows *= entry.sizes().get(i);
    }
    if (rows > Integer.MAX_VALUE) {
      throw file.bad(name, "shape " + entry.sizes() + " has 2^31 rows or more");
    }
    if (columns % type.weights() != 0) {
      throw file.bad(name, "shape " + entry.sizes() + " is no whole number of " + type + " blocks");
    }
    long rowBytes = columns / type.weights() * type.bytes();
    long room = file.size() - dataStart - entry.offset();
    if (entry.offset() < 0 || room < 0 || (rowBytes > 0 && rows > room / rowBytes)) {
      throw file.bad(name, "lies at " + entry.offset() + ", beyond the end of the file");
    }
    MemorySegment data = file.data().asSlice(dataStart + entry.offset(), rows * rowBytes);
    if (type == GgufBlock.F32 || type == GgufBlock.F16 || type == GgufBlock.BF16) {
      stored.put(
          name, new NamedTensor(name, DType.valueOf(type.name()), entry.sizes().reversed(), data));
    } else {
      blocks.put(name, new Block(type, data, (int) rows, (int) columns));
    }
  }

  /** The name in files of Hugging Face; names that are not known stay. */
  static String huggingFaceName(String name) {
    String[] parts = name.split("\\.", -1);
    if (parts.length == 4 && parts[0].equals("blk")) {
      return translate(LAYER_NAMES, parts[2])
          .map(module -> "model.layers." + parts[1] + "." + module + "." + parts[3])
          .orElse(name);
    }
    if (parts.length == 2) {
      return translate(NAMES, parts[0]).map(module -> module + "." + parts[1]).orElse(name);
    }
    return name;
  }

  private static Optional<String> translate(List<String[]> names, String name) {
    return names.stream().filter(pair -> pair[0].equals(name)).map(pair -> pair[1]).findFirst();
  }

  /** Opens a file; errors as {@link DenseFile#open}. */
  public static GgufFile open(Path path) throws IOException {
    return MappedFile.open(path, GgufFile::new);
  }

  @Override
  public Path path() {
    return file.path();
  }

  /**
   * The values of the file's head, such as {@code llama.block_count}: Long, Double, Boolean, String
   * or a List of those.
   */
  public SequencedMap<String, Object> values() {
    return values;
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    SequencedMap<String, Weights> all =
        new LinkedHashMap<>(Matrices.products(tensors.values(), kinds()));
    blocks.forEach((name, block) -> {
      if (!isEmbedding(name)) {
        all.put(name, block);
      }
    });
    return Matrices.withSharedHead(Collections.unmodifiableSequencedMap(all), otherMatrices());
  }

  @Override
  public SequencedMap<String, Weights> otherMatrices() {
    SequencedMap<String, Weights> all =
        new LinkedHashMap<>(Matrices.others(tensors.values(), kinds()));
    blocks.forEach((name, block) -> {
      if (isEmbedding(name)) {
        all.put(name, block);
      }
    });
    return Collections.unmodifiableSequencedMap(all);
  }

  private static boolean isEmbedding(String name) {
    return name.equals("model.embed_tokens.weight");
  }

  /** The tensors of F32, F16 and BF16; others are matrices only. */
  @Override
  public SequencedMap<String, NamedTensor> tensors() {
    return tensors;
  }

  @Override
  public SequencedMap<String, String> kinds() {
    SequencedMap<String, String> kinds = new LinkedHashMap<>(Matrices.kinds(tensors.values()));
    blocks.forEach((name, block) ->
        kinds.put(name, isEmbedding(name) ? Kinds.EMBEDDING : block.type() + " matrix"));
    return Collections.unmodifiableSequencedMap(kinds);
  }

  @Override
  public SequencedMap<String, String> leftOut() {
    return Collections.unmodifiableSequencedMap(leftOut);
  }

  /** Quantised matrices that are not taken are carried as F32. */
  @Override
  public List<NamedTensor> tensorsWithout(Collection<String> matrices) {
    SequencedMap<String, NamedTensor> carried = new LinkedHashMap<>(tensors);
    blocks.forEach((name, block) -> {
      if (!matrices.contains(name)) {
        carried.put(name, dequantised(name, block));
      }
    });
    carried.keySet().removeAll(matrices);
    return List.copyOf(carried.values());
  }

  private NamedTensor dequantised(String name, Block block) {
    MemorySegment floats = file.allocate((long) block.rows() * block.columns() * Float.BYTES);
    float[] row = new float[block.columns()];
    for (int i = 0; i < block.rows(); i++) {
      block.readRow(i, row);
      MemorySegment.copy(
          row, 0, floats, LittleEndian.FLOAT, (long) i * row.length * Float.BYTES, row.length);
    }
    return new NamedTensor(
        name, DType.F32, List.of((long) block.rows(), (long) block.columns()), floats);
  }

  @Override
  public void close() {
    file.close();
  }
}
