package org.bitindex.graph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bitindex.graph.operator.NodeContext;
import org.bitindex.graph.operator.Operator;
import org.bitindex.graph.operator.Operators;
import org.bitindex.graph.operator.Product;
import org.bitindex.graph.operator.WeightSource;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.SparseTensor;
import org.bitindex.onnx.ValueInfo;
import org.jspecify.annotations.Nullable;

/**
 * Turns a graph into a program: numbers its values, makes an operator of each node, and computes
 * what depends on constants alone. A subgraph has a compiler of its own, which asks the one around
 * it for names that it does not know.
 */
final class Compiler {

  private final Model model;
  private final Map<String, EncodedWeights> encoded;
  private final NetworkOptions options;
  private final List<Product> products;
  private final @Nullable Compiler outer;

  private final Map<String, Integer> numbers = new HashMap<>();
  private final Map<String, Constant> constants = new HashMap<>();
  private final Map<Integer, Constant> needed = new LinkedHashMap<>();
  private final List<String> captured = new ArrayList<>();
  private final List<Program.Step> steps = new ArrayList<>();

  /**
   * A compiler of a model.
   *
   * @param products takes the products that are made, to be closed with the network
   */
  Compiler(
      Model model,
      Map<String, EncodedWeights> encoded,
      NetworkOptions options,
      List<Product> products) {
    this(model, encoded, options, products, null);
  }

  private Compiler(
      Model model,
      Map<String, EncodedWeights> encoded,
      NetworkOptions options,
      List<Product> products,
      @Nullable Compiler outer) {
    this.model = model;
    this.encoded = encoded;
    this.options = options;
    this.products = products;
    this.outer = outer;
  }

  /** The graph's inputs that are no constants. */
  static List<ValueInfo> inputs(Graph graph) {
    return graph.inputs().stream()
        .filter(input -> !graph.initializers().containsKey(input.name()))
        .toList();
  }

  /**
   * Compiles.
   *
   * @throws IllegalArgumentException naming the node that cannot run
   */
  Program compile(Graph graph) {
    graph.initializers().forEach((name, tensor) -> constants.put(name, constant(name, tensor)));
    graph
        .sparseInitializers()
        .forEach((name, tensor) -> constants.put(name, Constant.of(name, dense(tensor))));
    int[] inputs = inputs(graph).stream().mapToInt(input -> number(input.name())).toArray();
    for (Node node : graph.nodes()) {
      compile(node);
    }
    int[] outputs = graph.outputs().stream().mapToInt(output -> read(output.name())).toArray();
    int[] capturedNumbers = captured.stream().mapToInt(numbers::get).toArray();
    List<Program.Step> released = withLastReads(Chains.join(steps, outputs, products), outputs);
    @Nullable Tensor[] values = new Tensor[numbers.size()];
    needed.forEach((number, constant) -> values[number] = constant.tensor());
    return new Program(values, inputs, capturedNumbers, outputs, released);
  }

  /** A constant of the graph; what has no data is encoded under its tensor's name. */
  private Constant constant(String name, OnnxTensor tensor) {
    EncodedWeights weights = tensor.data() == null ? encoded.get(tensor.name()) : null;
    if (weights != null) {
      return Constant.of(tensor.name(), tensor.type(), Shapes.of(tensor.shape()), weights);
    }
    if (tensor.data() == null && tensor.type() != DataType.STRING) {
      throw new IllegalArgumentException("tensor " + name + " has no data");
    }
    return Constant.of(tensor.name().isEmpty() ? tensor.withName(name) : tensor);
  }

  private static Tensor dense(SparseTensor sparse) {
    Tensor values = Tensor.of(sparse.values());
    Tensor dense = Tensor.zeros(values.type(), Shapes.of(sparse.shape()));
    long[] places = sparse.places();
    for (int i = 0; i < places.length; i++) {
      System.arraycopy(values.elements(), i, dense.elements(), (int) places[i], 1);
    }
    return dense;
  }

  /** The number of a value of this graph. */
  private int number(String name) {
    return numbers.computeIfAbsent(name, _ -> numbers.size());
  }

  private @Nullable Constant constant(String name) {
    Constant constant = constants.get(name);
    return constant == null && outer != null && !numbers.containsKey(name)
        ? outer.constant(name)
        : constant;
  }

  private boolean knows(String name) {
    return constants.containsKey(name)
        || numbers.containsKey(name)
        || (outer != null && outer.knows(name));
  }

  /** The number of a value that is read, a constant or from outside if need be. */
  private int read(String name) {
    if (name.isEmpty()) {
      return -1;
    }
    Constant constant = constant(name);
    if (constant != null) {
      needed.put(number(name), constant);
    } else if (!numbers.containsKey(name)) {
      if (outer == null || !outer.knows(name)) {
        throw new IllegalArgumentException("value " + name + " is computed by no node before");
      }
      captured.add(name);
    }
    return number(name);
  }

  private void compile(Node node) {
    if (carryEncoded(node)) {
      return;
    }
    var context = new Context(node);
    Operator operator = operator(node, context);
    if (context.isConstant()) {
      fold(node, operator, context);
      return;
    }
    int count = node.inputs().size();
    int[] inputs = new int[count + context.captured.size()];
    try {
      for (int i = 0; i < count; i++) {
        inputs[i] = context.taken.contains(i) ? -1 : read(node.input(i));
      }
      for (int i = 0; i < context.captured.size(); i++) {
        inputs[count + i] = read(context.captured.get(i));
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("node " + node + ": " + e.getMessage(), e);
    }
    int[] outputs =
        node.outputs().stream().mapToInt(name -> name.isEmpty() ? -1 : number(name)).toArray();
    steps.add(new Program.Step(node, operator, inputs, outputs, new int[0]));
  }

  private Operator operator(Node node, Context context) {
    Operator.Factory factory = Operators.factory(node);
    if (factory == null) {
      throw new IllegalStateException("node " + node + " was not checked");
    }
    try {
      return factory.create(context);
    } catch (IllegalArgumentException | ArithmeticException | IndexOutOfBoundsException e) {
      throw new IllegalArgumentException(
          "node %s: %s (operator %s of opset %d)"
              .formatted(node, e.getMessage(), node.operator(), model.opset(node.domain())),
          e);
    }
  }

  /** Nodes that hold weights or give them on leave them encoded. */
  private boolean carryEncoded(Node node) {
    if (node.is("Constant") && node.attributes().get("value") instanceof Attribute.OfTensor value) {
      constants.put(node.output(0), constant(node.output(0), value.value()));
      return true;
    }
    Constant input = constant(node.input(0));
    EncodedWeights weights = input == null ? null : input.encoded();
    if (input == null || weights == null || !node.domain().isEmpty()) {
      return false;
    }
    int[] shape = input.shape();
    DataType type = input.type();
    switch (node.operator()) {
      case "Identity" -> {}
      case "Cast" -> type = DataType.of(node.integer("to", 0));
      case "Transpose" -> {
        long[] perm = node.integers("perm");
        if (shape.length == 2 && (perm == null || perm[0] == 1)) {
          shape = new int[] {shape[1], shape[0]};
          weights = weights.turned();
        } else if (shape.length != 2) {
          return false;
        }
      }
      default -> {
        return false;
      }
    }
    if (type.isFloating()) {
      constants.put(node.output(0), Constant.of(input.name(), type, shape, weights));
    }
    return type.isFloating();
  }

  private void fold(Node node, Operator operator, Context context) {
    @Nullable Tensor[] inputs = new Tensor[node.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      Constant constant = context.taken.contains(i) ? null : constant(node.input(i));
      inputs[i] = constant == null ? null : constant.tensor();
    }
    Tensor[] outputs = Program.run(node, operator, inputs);
    for (int i = 0; i < node.outputs().size(); i++) {
      String name = node.output(i);
      if (!name.isEmpty()) {
        if (i >= outputs.length) {
          throw new IllegalArgumentException(
              "node " + node + ": output " + i + " is not supported");
        }
        constants.put(name, Constant.of(name, outputs[i]));
      }
    }
  }

  /** The steps, each with the values that it is the last to read. */
  private List<Program.Step> withLastReads(List<Program.Step> joined, int[] outputs) {
    Set<Integer> live = new HashSet<>(needed.keySet());
    Arrays.stream(outputs).forEach(live::add);
    List<Program.Step> released = new ArrayList<>(joined);
    for (int i = joined.size() - 1; i >= 0; i--) {
      Program.Step step = joined.get(i);
      int[] last =
          java.util.stream.IntStream.concat(
                  Arrays.stream(step.inputs()), Arrays.stream(step.outputs()))
              .filter(value -> value >= 0 && live.add(value))
              .toArray();
      released.set(
          i, new Program.Step(step.node(), step.operator(), step.inputs(), step.outputs(), last));
    }
    return released;
  }

  /** What a factory may ask about its node. */
  private final class Context implements NodeContext {
    private final Node node;
    private final Set<Integer> taken = new HashSet<>();
    private final List<String> captured = new ArrayList<>();
    private boolean hasBody;

    Context(Node node) {
      this.node = node;
    }

    @Override
    public Node node() {
      return node;
    }

    @Override
    public long opset() {
      return model.opset(node.domain());
    }

    @Override
    public int threads() {
      return options.threads();
    }

    private @Nullable Constant input(int input) {
      String name = node.input(input);
      return name.isEmpty() ? null : Compiler.this.constant(name);
    }

    /** True if the outputs are the same in every run. */
    boolean isConstant() {
      for (int i = 0; i < node.inputs().size(); i++) {
        if (!node.input(i).isEmpty() && input(i) == null) {
          return false;
        }
      }
      return !hasBody;
    }

    @Override
    public @Nullable Tensor constant(int input) {
      Constant constant = input(input);
      return constant == null || constant.encoded() != null ? null : constant.tensor();
    }

    @Override
    public int @Nullable [] constantShape(int input) {
      Constant constant = input(input);
      return constant == null ? null : constant.shape();
    }

    @Override
    public @Nullable WeightSource weights(int input) {
      Constant constant = input(input);
      boolean encodedFloats =
          constant != null && constant.encoded() != null && constant.type() != DataType.DOUBLE;
      if (constant == null || !(constant.type() == DataType.FLOAT || encodedFloats)) {
        return null;
      }
      taken.add(input);
      return new ConstantWeights(constant, options, products);
    }

    @Override
    public @Nullable WeightSource rows(int input) {
      Constant constant = input(input);
      return constant != null && constant.shape().length == 2 ? weights(input) : null;
    }

    @Override
    public Body body(String attribute) {
      Graph graph = node.graph(attribute);
      if (graph == null) {
        throw new IllegalArgumentException("there is no attribute " + attribute);
      }
      hasBody = true;
      var inner = new Compiler(model, encoded, options, products, Compiler.this);
      Program program = inner.compile(graph);
      int[] places = new int[inner.captured.size()];
      for (int i = 0; i < places.length; i++) {
        places[i] = node.inputs().size() + captured.size();
        captured.add(inner.captured.get(i));
      }
      return (inputs, nodeInputs) -> {
        Tensor[] values = new Tensor[places.length];
        for (int i = 0; i < places.length; i++) {
          Tensor value = nodeInputs[places[i]];
          if (value == null) {
            throw new IllegalArgumentException("a value from outside is missing");
          }
          values[i] = value;
        }
        return program.run(inputs, values);
      };
    }
  }
}
