package org.bitindex.graph.train;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.graph.operator.NodeContext;
import org.bitindex.graph.operator.Operator;
import org.bitindex.graph.operator.Operators;
import org.bitindex.graph.operator.WeightSource;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.jspecify.annotations.Nullable;

/**
 * A graph that runs node by node and keeps all values, so that derivatives can go back through it.
 * Operators are those of {@link org.bitindex.graph.Network}; sums are not those of it to the bit.
 */
public final class TrainedNetwork {
  private final Model model;
  private final int threads;
  private final Map<String, Tensor> constants = new HashMap<>();
  private final Map<String, Parameter> parameters;
  private final List<Step> steps = new ArrayList<>();
  private final Map<String, Tensor> values = new HashMap<>();

  /**
   * A node.
   *
   * @param derivative null where no parameter has influence on the node
   * @param wanted of each input whether a parameter has
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  private record Step(
      Node node, Operator operator, @Nullable Derivative derivative, boolean[] wanted) {}

  /**
   * A network.
   *
   * @param parameters what is trained, row-major as the graph holds it, by the names of
   *     initializers; what products use stands in them
   * @throws IllegalArgumentException naming the node whose operator has no derivative here
   */
  public TrainedNetwork(Model model, Map<String, Parameter> parameters, int threads) {
    this.model = model;
    this.threads = threads;
    this.parameters = Map.copyOf(parameters);
    Graph graph = model.graph();
    graph
        .initializers()
        .forEach((name, tensor) -> {
          Parameter parameter = parameters.get(name);
          constants.put(
              name,
              parameter == null
                  ? Tensor.of(tensor)
                  : Tensor.of(
                      tensor.shape().stream().mapToInt(Math::toIntExact).toArray(),
                      parameter.used));
        });
    Set<String> influenced = new HashSet<>(parameters.keySet());
    for (Node node : graph.nodes()) {
      add(node, influenced);
    }
  }

  /** What says nothing but a shape has no slope. */
  private void add(Node node, Set<String> influenced) {
    Operator operator = operator(node);
    if (node.inputs().isEmpty()) {
      constants.put(node.output(0), operator.run(new Tensor[0])[0]);
      return;
    }
    boolean[] wanted = new boolean[node.inputs().size()];
    boolean any = false;
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = !node.is("Shape") && influenced.contains(node.input(i));
      any |= wanted[i];
    }
    if (any) {
      influenced.addAll(node.outputs());
    }
    steps.add(new Step(node, operator, any ? Derivatives.of(node) : null, wanted));
  }

  private Operator operator(Node node) {
    Operator.Factory factory = Operators.factory(node);
    if (factory == null) {
      throw new IllegalArgumentException(
          "node " + node + ": operator " + node.operator() + " is not trained");
    }
    return factory.create(new Context(node));
  }

  /** The graph's outputs for some inputs; both by name. */
  public SequencedMap<String, Tensor> forward(Map<String, Tensor> inputs) {
    values.clear();
    values.putAll(constants);
    values.putAll(inputs);
    for (Step step : steps) {
      Tensor[] outputs = step.operator.run(inputs(step.node));
      for (int i = 0; i < step.node.outputs().size(); i++) {
        values.put(step.node.output(i), outputs[i]);
      }
    }
    SequencedMap<String, Tensor> outputs = new LinkedHashMap<>();
    model.graph().outputs().forEach(output -> outputs.put(output.name(), value(output.name())));
    return outputs;
  }

  /**
   * Adds the derivatives of the last {@link #forward} to the gradients of all parameters.
   *
   * @param slopes of a number by the elements of outputs, by name
   */
  public void backward(Map<String, Tensor> slopes) {
    Map<String, Tensor> known = new HashMap<>(slopes);
    for (Step step : steps.reversed()) {
      Tensor slope = known.remove(step.node.output(0));
      if (slope == null || step.derivative == null) {
        continue;
      }
      @Nullable Tensor[] found =
          step.derivative.of(
              new Derivative.Place(
                  step.node,
                  inputs(step.node),
                  value(step.node.output(0)),
                  slope,
                  step.wanted,
                  threads));
      for (int i = 0; i < found.length; i++) {
        Tensor one = found[i];
        if (one != null && step.wanted[i]) {
          known.merge(step.node.input(i), one, TrainedNetwork::sum);
        }
      }
    }
    parameters.forEach((name, parameter) -> {
      Tensor slope = known.get(name);
      if (slope != null) {
        add(slope.floats(), parameter.gradient);
      }
    });
  }

  private static Tensor sum(Tensor a, Tensor b) {
    float[] sum = a.floats().clone();
    add(b.floats(), sum);
    return Tensor.of(a.shape(), sum);
  }

  private static void add(float[] x, float[] y) {
    for (int i = 0; i < y.length; i++) {
      y[i] += x[i];
    }
  }

  private Tensor value(String name) {
    Tensor value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("value " + name + " is computed by no node before");
    }
    return value;
  }

  private @Nullable Tensor[] inputs(Node node) {
    @Nullable Tensor[] inputs = new Tensor[node.inputs().size()];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = node.input(i).isEmpty() ? null : value(node.input(i));
    }
    return inputs;
  }

  /** Nothing is prepared: weights change from step to step. */
  private final class Context implements NodeContext {
    private final Node node;

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
      return threads;
    }

    @Override
    public @Nullable Tensor constant(int input) {
      return parameters.containsKey(node.input(input)) ? null : constants.get(node.input(input));
    }

    @Override
    public int @Nullable [] constantShape(int input) {
      return null;
    }

    @Override
    public @Nullable WeightSource weights(int input) {
      return null;
    }

    @Override
    public @Nullable WeightSource rows(int input) {
      return null;
    }

    @Override
    public Body body(String attribute) {
      throw new IllegalArgumentException("node " + node + ": a subgraph is not trained");
    }
  }
}
