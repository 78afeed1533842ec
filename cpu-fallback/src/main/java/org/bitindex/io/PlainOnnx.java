package org.bitindex.io;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.TensorMap;
import org.jspecify.annotations.Nullable;

/** The network of an encoded file as a model that any runtime of ONNX runs. */
public final class PlainOnnx {
  private static final String MICROSOFT = "com.microsoft";
  private static final int BLOCK = 128;
  private static final int LEAST_BLOCK = 16;

  private final Map<String, EncodedMatrix> products = new LinkedHashMap<>();
  private final SequencedMap<String, OnnxTensor> initializers = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private PlainOnnx(ModelFile file) {
    file.matrices()
        .forEach((name, matrix) -> {
          MatrixUse use = file.use(name);
          boolean whole = use.shape().isEmpty() && use.factor() == 1;
          if (whole && bits(matrix.code()) > 0 && matrix.offsets() == null) {
            products.putIfAbsent(use.tensor() + use.transposed(), matrix);
          }
        });
  }

  /**
   * All weights dense, decoded.
   *
   * @throws EncodedFormatException if the file holds no network
   * @throws IllegalArgumentException if a tensor takes 2^31 bytes or more
   */
  public static Model dense(ModelFile file) throws EncodedFormatException {
    return dense(file, graph(file));
  }

  /**
   * Products as MatMulNBits of ONNX Runtime ({@code com.microsoft}), in 4 or 8 bits, where a code
   * maps exactly: symmetric and ternary codes in MatMul and Gemm of the graph itself. All other
   * weights are dense; errors as above.
   */
  public static Model quantized(ModelFile file) throws EncodedFormatException {
    Model model = graph(file);
    return dense(file, new PlainOnnx(file).rewrite(model));
  }

  private static Model graph(ModelFile file) throws EncodedFormatException {
    Model model = file.graph();
    if (model == null) {
      throw new EncodedFormatException(file.path() + " holds weights, but no network");
    }
    return model;
  }

  private static Model dense(ModelFile file, Model model) {
    Map<String, DecodedTensor> decoded = file.decoded();
    return new TensorMap() {
      @Override
      protected OnnxTensor map(OnnxTensor tensor) {
        DecodedTensor values = tensor.data() == null ? decoded.get(tensor.name()) : null;
        return values == null ? tensor : values.toOnnx(tensor.type());
      }
    }.apply(model);
  }

  /**
   * Bits of MatMulNBits that hold all integers of a code, or 0 if they do not. ONNX Runtime 1.23
   * takes 4 and 8 on a CPU, so that fewer become 4.
   */
  private static int bits(Code code) {
    return switch (code) {
      case Code.Symmetric(int b) -> b <= 4 ? 4 : 8;
      case Code.Ternary _ -> 4;
      case Code.Affine _, Code.Binary _ -> 0;
    };
  }

  private Model rewrite(Model model) {
    Graph graph = model.graph();
    initializers.putAll(graph.initializers());
    for (Node node : graph.nodes()) {
      EncodedMatrix matrix = matrix(node);
      if (matrix == null) {
        nodes.add(node);
      } else {
        replace(node, matrix);
      }
    }
    if (nodes.equals(graph.nodes())) {
      return model;
    }
    Set<String> read = new HashSet<>();
    nodes.forEach(node -> read(node, read));
    graph.outputs().forEach(output -> read.add(output.name()));
    initializers.keySet().retainAll(read);
    SequencedMap<String, Long> opsets = new LinkedHashMap<>(model.opsets());
    opsets.put(MICROSOFT, 1L);
    return new Model(
        model.irVersion(),
        model.producer(),
        opsets,
        graph.with(nodes, initializers),
        model.functions(),
        model.metadata());
  }

  private static void read(Node node, Set<String> names) {
    names.addAll(node.inputs());
    for (Attribute attribute : node.attributes().values()) {
      if (attribute instanceof Attribute.OfGraph(Graph body)) {
        body.nodes().forEach(inner -> read(inner, names));
        body.outputs().forEach(output -> names.add(output.name()));
      }
    }
  }

  /** The matrix that a node multiplies with, if it becomes a MatMulNBits. */
  private @Nullable EncodedMatrix matrix(Node node) {
    boolean gemm =
        node.is("Gemm")
            && node.integer("transA", 0) == 0
            && node.real("alpha", 1) == 1
            && node.real("beta", 1) == 1;
    OnnxTensor weights = initializers.get(node.input(1));
    if (weights == null
        || weights.data() != null
        || weights.type() != DataType.FLOAT
        || !(gemm || node.is("MatMul"))) {
      return null;
    }
    boolean transposed = node.integer("transB", 0) == 0;
    return products.get(weights.name() + transposed);
  }

  private void replace(Node node, EncodedMatrix matrix) {
    int bits = bits(matrix.code());
    String name = node.input(1);
    int block = LEAST_BLOCK;
    while (block < Math.min(BLOCK, matrix.columns())) {
      block *= 2;
    }
    String q = name + "_Q" + bits;
    String scales = name + "_scales";
    pack(matrix, bits, block, q, scales);
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("K", new Attribute.Int(matrix.columns()));
    attributes.put("N", new Attribute.Int(matrix.rows()));
    attributes.put("bits", new Attribute.Int(bits));
    attributes.put("block_size", new Attribute.Int(block));
    boolean biased = !node.input(2).isEmpty();
    String product = biased ? node.output(0) + "_product" : node.output(0);
    nodes.add(
        new Node(
            node.name(),
            "MatMulNBits",
            MICROSOFT,
            List.of(node.input(0), q, scales),
            List.of(product),
            attributes));
    if (biased) {
      nodes.add(
          new Node(
              node.name().isEmpty() ? "" : node.name() + "_bias",
              "Add",
              "",
              List.of(product, node.input(2)),
              node.outputs(),
              new LinkedHashMap<>()));
    }
  }

  /**
   * Integers q + 2^(bits - 1) of [N x K], in blocks of a row that are filled up with those of zero,
   * the lowest bits of a byte first; and a scale for each block, that of its row.
   */
  private void pack(EncodedMatrix matrix, int bits, int block, String qName, String scalesName) {
    int rows = matrix.rows();
    int columns = matrix.columns();
    int blocks = Math.ceilDiv(columns, block);
    int rowBytes = blocks * block * bits / 8;
    int zero = 1 << (bits - 1);
    int inByte = 8 / bits;
    byte[] packed = new byte[Math.multiplyExact(rows, rowBytes)];
    float[] scales = new float[rows * blocks];
    int[] q = new int[columns];
    for (int i = 0; i < rows; i++) {
      matrix.readIntegers(i, q);
      for (int j = 0; j < blocks * block; j++) {
        int value = (j < columns ? q[j] : 0) + zero;
        packed[i * rowBytes + j / inByte] |= (byte) (value << (j % inByte * bits));
      }
      for (int b = 0; b < blocks; b++) {
        scales[i * blocks + b] = matrix.scale(i);
      }
    }
    List<Long> shape = List.of((long) rows, (long) blocks, (long) block * bits / 8);
    initializers.put(
        qName, new OnnxTensor("", DataType.UINT8, shape, MemorySegment.ofArray(packed)));
    initializers.put(scalesName, OnnxTensor.of("", List.of((long) rows * blocks), scales));
  }
}
