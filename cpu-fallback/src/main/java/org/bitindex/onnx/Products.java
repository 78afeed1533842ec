package org.bitindex.onnx;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the constants of a model are used for: initializers, dense and sparse, of the graph and its
 * subgraphs, and Constant nodes, also in functions.
 *
 * <p>A constant is followed through Cast, Identity, Dropout, Transpose and Reshape without effect,
 * into subgraphs and functions, to the nodes that read it. Nodes tell which way a matrix lies;
 * nothing else does:
 *
 * <table>
 * <caption>Matrices of a constant by node</caption>
 * <tr><th>node</th><th>constant</th><th>matrices [outputs x inputs]</th></tr>
 * <tr><td>MatMul, FusedMatMul, right</td><td>[..., in, out]</td>
 *     <td>[out x in] for each leading index</td></tr>
 * <tr><td>MatMul, FusedMatMul, left</td><td>[out, in]</td><td>[out x in]</td></tr>
 * <tr><td>Gemm</td><td>[in, out], transB: [out, in]</td><td>[out x in]</td></tr>
 * <tr><td>Einsum, one index summed</td><td>two of its indices</td><td>[kept x summed]</td></tr>
 * <tr><td>Conv</td><td>[out, in / groups, window...]</td>
 *     <td>for each group [out / groups x (in / groups * window)]</td></tr>
 * <tr><td>ConvTranspose</td><td>[in, out / groups, window...]</td>
 *     <td>for each group [(out / groups * window) x in / groups]</td></tr>
 * <tr><td>LSTM, GRU, RNN: W and R</td><td>[directions, gates * hidden, in]</td>
 *     <td>for each direction [gates * hidden x in]</td></tr>
 * </table>
 *
 * <p>A depthwise Conv, which has one input channel a group, is no product.
 */
public final class Products {
  /** Elements of the largest sparse constant that is made dense. */
  private static final long MAX_SPARSE = 1L << 28;

  private static final Set<String> THROUGH = Set.of("Cast", "Identity", "Dropout");

  /**
   * How products use a constant: as one matrix after the other, to its end.
   *
   * @param rows outputs of each
   * @param columns inputs of each
   * @param transposed whether each is stored as [columns x rows]
   * @param factor the product is multiplied by it: alpha of a Gemm
   */
  public record Use(int rows, int columns, boolean transposed, float factor) {}

  /** A constant and all that is known of its uses. */
  public static final class UsedConstant {
    private final String name;
    private final OnnxTensor tensor;
    private final boolean node;
    private final List<Object> sources = new ArrayList<>();
    private final SequencedMap<Use, SequencedSet<String>> products = new LinkedHashMap<>();
    private final SequencedSet<String> readers = new LinkedHashSet<>();

    private UsedConstant(String name, OnnxTensor tensor, boolean node) {
      this.name = name;
      this.node = node;
      this.tensor = tensor;
    }

    /** Its name: an initializer's own, or the output of a Constant node. */
    public String name() {
      return name;
    }

    /** True if a Constant node made it, not an initializer. */
    public boolean isNode() {
      return node;
    }

    /** The tensors of the model, dense or sparse, that are this constant. */
    public List<Object> sources() {
      return sources;
    }

    /** Its elements; dense also where the model holds it sparse. */
    public OnnxTensor tensor() {
      return tensor;
    }

    /** Ways in which products use it, each with the names of its nodes; empty if none does. */
    public SequencedMap<Use, SequencedSet<String>> products() {
      return products;
    }

    /** Other readers, each as operator and number of the input: "Gather 0". */
    public SequencedSet<String> readers() {
      return readers;
    }
  }

  /** A value that is a constant, or its transpose. */
  private record Value(UsedConstant constant, boolean turned) {}

  private final Map<String, Function> functions = new HashMap<>();
  private final SequencedMap<String, UsedConstant> constants = new LinkedHashMap<>();
  private final SequencedMap<String, String> leftOut = new LinkedHashMap<>();

  private Products(Model model) {
    for (Function function : model.functions()) {
      functions.put(function.domain() + ":" + function.name(), function);
    }
    walk(model.graph(), new HashMap<>(), "", 0);
  }

  /** Looks through a model. */
  public static Products of(Model model) {
    return new Products(model);
  }

  /** The constants by name. */
  public SequencedMap<String, UsedConstant> constants() {
    return constants;
  }

  /** Constants that are not among them, and why. */
  public SequencedMap<String, String> leftOut() {
    return leftOut;
  }

  /** Walks a graph; afterwards {@code values} also has what its outputs are. */
  private void walk(Graph graph, Map<String, Value> values, String prefix, int depth) {
    graph
        .initializers()
        .forEach((name, tensor) -> values.put(name, constant(name, tensor, false, tensor)));
    graph.sparseInitializers().forEach((name, tensor) -> putSparse(name, tensor, name, values));
    walk(graph.nodes(), values, prefix, depth);
  }

  private void walk(List<Node> nodes, Map<String, Value> values, String prefix, int depth) {
    if (depth > 100) {
      throw new IllegalArgumentException("functions call each other without end");
    }
    for (Node node : nodes) {
      walk(node, values, prefix, depth);
    }
  }

  private void walk(Node node, Map<String, Value> values, String prefix, int depth) {
    Function function = functions.get(node.domain() + ":" + node.operator());
    if (function != null) {
      call(node, function, values, prefix, depth);
    } else if (node.is("Constant")) {
      readConstant(node, values, prefix);
    } else if (node.domain().isEmpty() && THROUGH.contains(node.operator())) {
      pass(node, values, values.get(node.input(0)));
    } else if (node.is("Transpose")) {
      transpose(node, values);
    } else if (node.is("Reshape")) {
      reshape(node, values);
    } else if (node.is("MatMul") || node.is("Gemm") || node.operator().equals("FusedMatMul")) {
      multiply(node, values);
    } else if (node.is("Einsum")) {
      einsum(node, values);
    } else if (node.is("Conv") || node.is("ConvTranspose")) {
      convolve(node, values);
    } else if (node.is("LSTM") || node.is("GRU") || node.is("RNN")) {
      recur(node, values);
    } else {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (!node.is("Loop") || i < 2) {
          read(node, i, values);
        }
      }
      node.attributes()
          .forEach((name, attribute) -> {
            if (attribute instanceof Attribute.OfGraph(Graph body)) {
              walkBody(node, body, values, prefix, depth);
            }
          });
    }
  }

  private void walkBody(
      Node node, Graph body, Map<String, Value> values, String prefix, int depth) {
    Map<String, Value> inner = new HashMap<>(values);
    body.inputs().forEach(input -> inner.remove(input.name()));
    boolean loop = node.is("Loop");
    for (int i = 2; loop && i < Math.min(node.inputs().size(), body.inputs().size()); i++) {
      Value carried = values.get(node.input(i));
      // What a loop hands on unchanged is a constant in it.
      if (carried != null && body.inputs().get(i).name().equals(handedOn(body, i - 1))) {
        inner.put(body.inputs().get(i).name(), carried);
      } else {
        read(node, i, values);
      }
    }
    walk(body, inner, prefix, depth + 1);
    body.outputs()
        .forEach(output -> read("output of " + node.operator(), 0, inner.get(output.name()), loop));
  }

  /** The name that the body's output is the same value as, through Identity nodes. */
  private static String handedOn(Graph body, int output) {
    String name = output < body.outputs().size() ? body.outputs().get(output).name() : "";
    for (int i = body.nodes().size() - 1; i >= 0; i--) {
      Node node = body.nodes().get(i);
      if (node.is("Identity") && node.output(0).equals(name)) {
        name = node.input(0);
      }
    }
    return name;
  }

  private void call(
      Node node, Function function, Map<String, Value> values, String prefix, int depth) {
    Map<String, Value> inner = new HashMap<>();
    for (int i = 0; i < function.inputs().size(); i++) {
      Value value = values.get(node.input(i));
      if (value != null) {
        inner.put(function.inputs().get(i), value);
      }
    }
    List<Node> body = new ArrayList<>();
    for (Node part : function.nodes()) {
      body.add(resolve(part, node, function));
    }
    walk(body, inner, prefix + function.name() + "/", depth + 1);
    for (int i = 0; i < function.outputs().size(); i++) {
      Value value = inner.get(function.outputs().get(i));
      if (value != null && !node.output(i).isEmpty()) {
        values.put(node.output(i), value);
      }
    }
  }

  /** A function's node with the attributes of the call. */
  private static Node resolve(Node part, Node call, Function function) {
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    part.attributes()
        .forEach((name, attribute) -> {
          Attribute value = attribute;
          if (attribute instanceof Attribute.Reference reference) {
            value = call.attributes().get(reference.name());
            value = value == null ? function.defaults().get(reference.name()) : value;
          }
          if (value != null) {
            attributes.put(name, value);
          }
        });
    String name = part.name().isEmpty() ? call.name() : call.name() + "/" + part.name();
    return new Node(
        name, part.operator(), part.domain(), part.inputs(), part.outputs(), attributes);
  }

  private void readConstant(Node node, Map<String, Value> values, String prefix) {
    String name = prefix + node.output(0);
    switch (node.attributes().get("value")) {
      case Attribute.OfTensor(OnnxTensor tensor) ->
          values.put(node.output(0), constant(name, tensor, true, tensor));
      case null, default -> {}
    }
    if (node.attributes().get("sparse_value") instanceof Attribute.OfSparseTensor(SparseTensor s)) {
      putSparse(name, s, node.output(0), values);
    }
  }

  private void putSparse(
      String name, SparseTensor sparse, String value, Map<String, Value> values) {
    long count = OnnxTensor.count(sparse.shape());
    if (count > MAX_SPARSE || !sparse.values().type().isFloating()) {
      leftOut.put(name, "a sparse tensor of " + count + " " + sparse.values().type());
      return;
    }
    float[] dense = new float[(int) count];
    float[] nonzeros = sparse.values().floats();
    long[] places = sparse.places();
    for (int i = 0; i < places.length; i++) {
      dense[(int) places[i]] = nonzeros[i];
    }
    values.put(value, constant(name, OnnxTensor.of(name, sparse.shape(), dense), false, sparse));
  }

  /** A constant seen again, as in a function called twice, is the same one. */
  private Value constant(String name, OnnxTensor tensor, boolean node, Object source) {
    String unique = name;
    for (int n = 2; ; n++) {
      UsedConstant known = constants.get(unique);
      if (known == null) {
        known = new UsedConstant(unique, tensor, node);
        constants.put(unique, known);
        known.sources.add(source);
        return new Value(known, false);
      }
      if (Objects.equals(known.tensor.data(), tensor.data())
          || Objects.equals(known.tensor, tensor)) {
        known.sources.add(source);
        return new Value(known, false);
      }
      unique = name + "#" + n;
    }
  }

  private static void pass(Node node, Map<String, Value> values, @Nullable Value value) {
    if (value != null) {
      values.put(node.output(0), value);
    }
  }

  private void transpose(Node node, Map<String, Value> values) {
    Value value = values.get(node.input(0));
    if (value == null || value.constant.tensor.shape().size() != 2) {
      read(node, 0, values);
      return;
    }
    long[] order = node.integers("perm");
    boolean turns = order == null || order[0] == 1;
    pass(node, values, new Value(value.constant, value.turned != turns));
  }

  private void reshape(Node node, Map<String, Value> values) {
    Value value = values.get(node.input(0));
    Value shape = values.get(node.input(1));
    if (value != null && shape != null && keeps(value, shape.constant.tensor, node)) {
      pass(node, values, value);
    } else {
      read(node, 0, values);
    }
  }

  private static boolean keeps(Value value, OnnxTensor shape, Node node) {
    List<Long> sizes = new ArrayList<>(value.constant.tensor.shape());
    if (value.turned) {
      sizes = sizes.reversed();
    }
    long[] wanted = shape.type() == DataType.INT64 ? shape.longs() : new long[0];
    if (wanted.length != sizes.size()) {
      return false;
    }
    int free = 0;
    for (int d = 0; d < wanted.length; d++) {
      boolean copied = wanted[d] == 0 && node.integer("allowzero", 0) == 0;
      free += wanted[d] == -1 ? 1 : 0;
      if (!copied && wanted[d] != -1 && wanted[d] != sizes.get(d)) {
        return false;
      }
    }
    return free <= 1;
  }

  private void multiply(Node node, Map<String, Value> values) {
    Value left = values.get(node.input(0));
    Value right = values.get(node.input(1));
    boolean batched = node.integer("transBatchA", 0) != 0 || node.integer("transBatchB", 0) != 0;
    float alpha = node.is("MatMul") ? 1f : node.real("alpha", 1f);
    // X B with B [in x out], or A X with A [out x in].
    if (left == null && right != null && isMatrix(right) && !batched) {
      boolean turned = right.turned != (node.integer("transB", 0) != 0);
      use(right, !turned, alpha, node);
    } else if (left == null && right != null && node.is("MatMul") && isWeights(right, 3)) {
      List<Long> shape = right.constant.tensor.shape();
      use(right, shape.getLast(), shape.get(shape.size() - 2), true, 1f, node);
    } else if (right == null && left != null && isMatrix(left) && !batched) {
      boolean turned = left.turned != (node.integer("transA", 0) != 0);
      use(left, turned, alpha, node);
    } else {
      read(node, 0, values);
      read(node, 1, values);
    }
    read(node, 2, values);
  }

  private static void convolve(Node node, Map<String, Value> values) {
    Value weights = values.get(node.input(1));
    long groups = node.integer("group", 1);
    List<Long> shape = weights == null ? List.of() : weights.constant.tensor.shape();
    boolean transposed = node.is("ConvTranspose");
    boolean depthwise = !transposed && groups > 1 && shape.size() > 1 && shape.get(1) == 1;
    read(node, 0, values);
    if (weights != null
        && isWeights(weights, 3)
        && groups > 0
        && shape.getFirst() % groups == 0
        && !depthwise) {
      long first = shape.getFirst() / groups;
      long others = weights.constant.tensor.length() / Math.max(1, shape.getFirst());
      use(weights, transposed ? others : first, transposed ? first : others, transposed, 1f, node);
    } else {
      read(node, 1, values);
    }
    read(node, 2, values);
  }

  private static void recur(Node node, Map<String, Value> values) {
    for (int i = 0; i < node.inputs().size(); i++) {
      Value value = values.get(node.input(i));
      if ((i == 1 || i == 2) && value != null && isWeights(value, 3)) {
        List<Long> shape = value.constant.tensor.shape();
        use(value, shape.get(1), shape.getLast(), false, 1f, node);
      } else {
        read(node, i, values);
      }
    }
  }

  private void einsum(Node node, Map<String, Value> values) {
    String[] sides = node.text("equation", "").replace(" ", "").split("->", -1);
    String[] terms = sides[0].split(",", -1);
    for (int i = 0; i < node.inputs().size(); i++) {
      Value value = values.get(node.input(i));
      String term = i < terms.length ? terms[i] : "";
      boolean two = sides.length == 2 && terms.length == 2 && node.inputs().size() == 2;
      if (value != null
          && two
          && isMatrix(value)
          && values.get(node.input(1 - i)) == null
          && term.length() == 2
          && !term.contains(".")) {
        String other = terms[1 - i];
        boolean firstSummed = summed(term.charAt(0), other, sides[1]);
        boolean secondSummed = summed(term.charAt(1), other, sides[1]);
        boolean firstKept = kept(term.charAt(0), other, sides[1]);
        boolean secondKept = kept(term.charAt(1), other, sides[1]);
        if ((firstSummed && secondKept) || (firstKept && secondSummed)) {
          use(value, firstSummed != value.turned, 1f, node);
          continue;
        }
      }
      read(node, i, values);
    }
  }

  private static boolean summed(char index, String other, String output) {
    return other.indexOf(index) >= 0 && output.indexOf(index) < 0;
  }

  private static boolean kept(char index, String other, String output) {
    return other.indexOf(index) < 0 && output.indexOf(index) >= 0;
  }

  private static boolean isMatrix(Value value) {
    return isWeights(value, 2) && value.constant.tensor.shape().size() == 2;
  }

  private static boolean isWeights(Value value, int leastRank) {
    OnnxTensor tensor = value.constant.tensor;
    return tensor.type().isFloating() && tensor.shape().size() >= leastRank;
  }

  private static void use(Value value, boolean transposed, float factor, Node node) {
    List<Long> shape = value.constant.tensor.shape();
    use(
        value,
        transposed ? shape.getLast() : shape.getFirst(),
        transposed ? shape.getFirst() : shape.getLast(),
        transposed,
        factor,
        node);
  }

  private static void use(
      Value value, long rows, long columns, boolean transposed, float factor, Node node) {
    if (rows > Integer.MAX_VALUE || columns > Integer.MAX_VALUE) {
      value.constant.readers.add(node.operator() + " " + node.inputs().size());
      return;
    }
    var use = new Use((int) rows, (int) columns, transposed, factor);
    SequencedSet<String> nodes =
        value.constant.products.computeIfAbsent(use, _ -> new LinkedHashSet<>());
    if (!node.name().isEmpty()) {
      nodes.add(node.name());
    }
  }

  private static void read(Node node, int input, Map<String, Value> values) {
    read(node.operator(), input, values.get(node.input(input)), false);
  }

  private static void read(String reader, int input, @Nullable Value value, boolean ignored) {
    if (value != null && !ignored) {
      value.constant.readers.add(reader + " " + input);
    }
  }
}
