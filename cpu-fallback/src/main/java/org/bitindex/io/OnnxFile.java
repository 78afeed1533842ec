package org.bitindex.io;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedCollection;
import java.util.SequencedMap;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.format.MappedFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.ExternalData;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.Products;
import org.bitindex.onnx.SparseTensor;
import org.bitindex.onnx.TensorMap;
import org.jspecify.annotations.Nullable;

/**
 * The weights of an ONNX model: initializers, dense and sparse, also of subgraphs, and Constant
 * nodes, also in functions, under their own names.
 *
 * <p>A matrix is a constant that products use, or a part of it, turned so that rows are outputs;
 * which way it lies is known from the nodes that multiply with it ({@link Products}), and never
 * guessed. Their names are aliases. Several matrices of one constant are NAME[0], NAME[1], ...; a
 * constant that products use in two ways appears once more as NAME@NODE. Alpha of a Gemm is a
 * factor of its matrix; its bias and beta stay with the graph.
 */
public final class OnnxFile implements DenseFile {
  private final MappedFile file;
  private final Arena arena;
  private final SequencedMap<String, NamedTensor> tensors = new LinkedHashMap<>();
  private final SequencedMap<String, String> kinds = new LinkedHashMap<>();
  private final SequencedMap<String, Weights> matrices = new LinkedHashMap<>();
  private final SequencedMap<String, Weights> otherMatrices = new LinkedHashMap<>();
  private final SequencedMap<String, MatrixUse> uses = new LinkedHashMap<>();
  private final SequencedMap<String, String> leftOut = new LinkedHashMap<>();
  private final SequencedMap<String, String> metadata;
  private final Model graph;

  @SuppressWarnings("MustBeClosedChecker") // this object owns the arena
  OnnxFile(MappedFile file) throws IOException {
    this.file = file;
    this.arena = Arena.ofShared();
    try {
      Model model =
          Model.read(file.path().toString(), file.data(), ExternalData.beside(file.path(), arena));
      this.metadata = model.metadata();
      Products products = Products.of(model);
      leftOut.putAll(products.leftOut());
      for (Products.UsedConstant constant : products.constants().values()) {
        add(constant);
      }
      this.graph = named(model, products);
    } catch (IllegalArgumentException e) {
      arena.close();
      throw file.bad(String.valueOf(e.getMessage()));
    } catch (Throwable t) {
      arena.close();
      throw t;
    }
  }

  /** Opens a file; errors as {@link DenseFile#open}. */
  public static OnnxFile open(Path path) throws IOException {
    return MappedFile.open(path, OnnxFile::new);
  }

  /**
   * The model of a file alone, whose constants end with {@code arena}.
   *
   * @throws EncodedFormatException if the bytes do not follow the format; names files of others
   * @throws IOException if the file cannot be read
   */
  public static Model model(Path path, Arena arena) throws IOException {
    MappedFile.check(path, path, MappedFile::size);
    return Model.read(path, arena);
  }

  /**
   * Writes a model with all its constants, whole or not at all.
   *
   * @throws IllegalArgumentException if it takes 2^31 bytes or more
   * @throws IOException naming the path and the reason
   */
  public static void write(Path path, Model model, IfExists ifExists) throws IOException {
    AtomicFile.write(
        path,
        ifExists,
        output ->
            model.write(
                new OutputStream() {
                  @Override
                  public void write(int value) throws IOException {
                    output.write(new byte[] {(byte) value});
                  }

                  @Override
                  public void write(byte[] bytes, int offset, int length) throws IOException {
                    output.write(MemorySegment.ofArray(bytes).asSlice(offset, length));
                  }
                }),
        OnnxFile::new);
  }

  private void add(Products.UsedConstant constant) throws EncodedFormatException {
    OnnxTensor stored = constant.tensor();
    String name = constant.name();
    if (stored.type() == DataType.STRING) {
      leftOut.put(name, "strings, which no safetensors file holds");
      return;
    }
    if (constant.isNode() && constant.products().isEmpty() && isSmall(stored)) {
      return; // a number or a shape, which is part of the graph
    }
    NamedTensor tensor = tensor(stored, name);
    tensors.put(name, tensor);
    boolean empty = tensor.shape().contains(0L);
    if (!empty && !constant.products().isEmpty()) {
      kinds.put(name, Kinds.MATRIX);
      constant.products().forEach((use, nodes) -> addProduct(name, stored, use, nodes));
      return;
    }
    if (!empty && isDepthwise(constant)) {
      kinds.put(name, Kinds.DEPTHWISE);
      addDepthwise(name, stored);
      return;
    }
    kinds.put(name, kind(constant));
    if (!empty && tensor.isMatrix() && constant.readers().contains("Gather 0")) {
      otherMatrices.put(name, tensor.weights());
    }
  }

  /** Weights of a convolution of which {@link Products} makes no product: one channel a group. */
  private static boolean isDepthwise(Products.UsedConstant constant) {
    OnnxTensor tensor = constant.tensor();
    return constant.readers().size() == 1
        && constant.readers().contains("Conv 1")
        && tensor.type().isFloating()
        && tensor.shape().size() > 2
        && tensor.shape().get(1) == 1;
  }

  /** A row is what one output sees in the window. */
  private void addDepthwise(String name, OnnxTensor stored) {
    int rows = Math.toIntExact(stored.shape().getFirst());
    int columns = Math.toIntExact(stored.length() / rows);
    otherMatrices.put(name, stored.matrix(0, rows, columns, columns, 1));
    uses.put(name, new MatrixUse(name, stored.shape(), 0, false, 1, List.of()));
  }

  /** The model whose constants bear the names that they have here, and others none. */
  private Model named(Model model, Products products) {
    IdentityHashMap<Object, Products.UsedConstant> constants = new IdentityHashMap<>();
    products.constants().values().stream()
        .filter(constant -> tensors.containsKey(constant.name()))
        .forEach(constant -> constant.sources().forEach(source -> constants.put(source, constant)));
    return new TensorMap() {
      @Override
      protected OnnxTensor map(OnnxTensor tensor) {
        Products.UsedConstant constant = constants.get(tensor);
        return tensor.withName(constant == null ? "" : constant.name());
      }

      @Override
      protected @Nullable OnnxTensor map(SparseTensor tensor) {
        Products.UsedConstant constant = constants.get(tensor);
        return constant == null ? null : constant.tensor().withName(constant.name());
      }
    }.apply(model);
  }

  private static boolean isSmall(OnnxTensor stored) {
    return stored.shape().size() < (stored.type().isFloating() ? 1 : 2);
  }

  private void addProduct(
      String tensor, OnnxTensor stored, Products.Use use, SequencedCollection<String> nodes) {
    int rows = use.rows();
    int columns = use.columns();
    long size = (long) rows * columns;
    int count = Math.toIntExact(stored.length() / size);
    boolean taken = uses.values().stream().anyMatch(other -> other.tensor().equals(tensor));
    String base =
        taken ? tensor + "@" + (nodes.isEmpty() ? uses.size() : nodes.getFirst()) : tensor;
    boolean usable = Float.isFinite(use.factor()) && use.factor() != 0;
    float factor = usable ? use.factor() : 1;
    boolean plain = count == 1 && stored.shape().size() == 2;
    for (int i = 0; i < count; i++) {
      Weights weights =
          use.transposed()
              ? stored.matrix(i * size, rows, columns, 1, rows)
              : stored.matrix(i * size, rows, columns, columns, 1);
      String name = count == 1 ? base : base + "[" + i + "]";
      matrices.put(name, factor == 1 ? weights : times(factor, weights));
      uses.put(
          name,
          new MatrixUse(
              tensor,
              plain ? List.of() : stored.shape(),
              i,
              use.transposed(),
              factor,
              i == 0 ? List.copyOf(nodes) : List.of()));
    }
  }

  private static Weights times(float factor, Weights weights) {
    int columns = weights.columns();
    return weights.mapRows((_, row) -> {
      for (int j = 0; j < columns; j++) {
        row[j] *= factor;
      }
    });
  }

  /** Types that safetensors has keep their names; others become bytes. */
  private static NamedTensor tensor(OnnxTensor stored, String name) {
    DType type = stored.type().dType();
    return type == DType.OTHER
        ? new NamedTensor(name, DType.U8, List.of(stored.bytes().byteSize()), stored.bytes())
        : new NamedTensor(name, type, stored.shape(), stored.bytes());
  }

  /** What the nodes that read a constant make of it. */
  private static String kind(Products.UsedConstant constant) {
    OnnxTensor stored = constant.tensor();
    List<String> readers = new ArrayList<>(constant.readers());
    int rank = stored.shape().size();
    String plain = stored.type() + (rank == 2 ? " matrix" : " tensor of rank " + rank);
    if (stored.shape().contains(0L)) {
      return Kinds.EMPTY;
    }
    if (!stored.type().isFloating() || readers.isEmpty()) {
      return plain;
    }
    String first = readers.getFirst();
    String operator = first.substring(0, first.indexOf(' '));
    return switch (operator) {
      case "Gather" -> Kinds.EMBEDDING;
      case "Add", "Gemm" -> Kinds.BIAS;
      case "DequantizeLinear",
          "QuantizeLinear",
          "MatMulNBits",
          "DynamicQuantizeMatMul",
          "QLinearMatMul",
          "MatMulIntegerToFloat" ->
          Kinds.SCALE;
      case "LayerNormalization",
          "SimplifiedLayerNormalization",
          "BatchNormalization",
          "InstanceNormalization",
          "GroupNormalization",
          "RMSNormalization" ->
          Kinds.NORM;
      case "Conv", "ConvTranspose" -> first.endsWith(" 2") ? Kinds.BIAS : plain;
      case "LSTM", "GRU", "RNN" -> first.endsWith(" 3") ? Kinds.BIAS : plain;
      default -> rank == 2 ? "matrix whose orientation is unknown, read by " + operator : plain;
    };
  }

  @Override
  public Path path() {
    return file.path();
  }

  /** All constants, under their own names and as they are stored; those in 4 bits as bytes. */
  @Override
  public SequencedMap<String, NamedTensor> tensors() {
    return Collections.unmodifiableSequencedMap(tensors);
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    return Collections.unmodifiableSequencedMap(matrices);
  }

  @Override
  public SequencedMap<String, Weights> otherMatrices() {
    return Collections.unmodifiableSequencedMap(otherMatrices);
  }

  @Override
  public MatrixUse use(String matrix) {
    return uses.getOrDefault(matrix, MatrixUse.plain(matrix));
  }

  @Override
  public SequencedMap<String, String> kinds() {
    return Collections.unmodifiableSequencedMap(kinds);
  }

  @Override
  public SequencedMap<String, String> leftOut() {
    return Collections.unmodifiableSequencedMap(leftOut);
  }

  @Override
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  @Override
  public Model graph() {
    return graph;
  }

  @Override
  public void close() {
    file.close();
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
