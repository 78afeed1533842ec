package org.bitindex.graph.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainedNetworkTest {
  private static final float STEP = 0.01f;

  /**
   * One operator.
   *
   * @param shapes of its inputs that are trained
   * @param integers its last input, or none
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Case(
      String operator, Map<String, Attribute> attributes, List<int[]> shapes, long... integers) {
    @Override
    public String toString() {
      return operator + " of " + shapes.stream().map(Arrays::toString).toList();
    }
  }

  private static Case of(String operator, int[]... shapes) {
    return new Case(operator, Map.of(), List.of(shapes));
  }

  private static int[] shape(int... sizes) {
    return sizes;
  }

  private static Attribute number(long value) {
    return new Attribute.Int(value);
  }

  static Stream<Case> operators() {
    return Stream.of(
        of("Add", shape(2, 3, 4), shape(4)),
        of("Add", shape(3, 1), shape(2, 1, 4)),
        of("Sub", shape(4), shape(2, 3, 4)),
        of("Mul", shape(2, 3, 4), shape(3, 1)),
        of("Mul", shape(), shape(2, 3)),
        of("Div", shape(2, 3, 4), shape(3, 1)),
        of("Sqrt", shape(3, 4)),
        of("Relu", shape(3, 4)),
        of("Tanh", shape(3, 4)),
        of("Sigmoid", shape(3, 4)),
        of("Erf", shape(3, 4)),
        of("Gelu", shape(3, 4)),
        of("Softmax", shape(2, 3, 4)),
        of("LayerNormalization", shape(2, 3, 5), shape(5), shape(5)),
        of("LayerNormalization", shape(3, 5), shape(5)),
        new Case("ReduceMean", Map.of(), List.of(shape(2, 3, 4)), -1),
        of("MatMul", shape(3, 4), shape(4, 5)),
        of("MatMul", shape(2, 3, 4), shape(4, 5)),
        of("MatMul", shape(2, 2, 3, 4), shape(2, 2, 4, 5)),
        of("Gemm", shape(3, 4), shape(4, 5)),
        new Case("Gemm", Map.of("transB", number(1)), List.of(shape(3, 4), shape(5, 4), shape(5))),
        of("Transpose", shape(3, 4)),
        new Case(
            "Transpose",
            Map.of("perm", new Attribute.Ints(new long[] {2, 0, 1})),
            List.of(shape(2, 3, 4))),
        new Case("Reshape", Map.of(), List.of(shape(2, 3, 4)), 4, 6),
        new Case("Squeeze", Map.of(), List.of(shape(2, 1, 4)), 1),
        new Case("Unsqueeze", Map.of(), List.of(shape(2, 4)), 0),
        of("Flatten", shape(2, 3, 4)),
        of("Identity", shape(2, 3)),
        new Case("Gather", Map.of("axis", number(1)), List.of(shape(2, 3, 4)), 2, 0, 2, -1),
        new Case("Gather", Map.of(), List.of(shape(3, 4)), 1, 1));
  }

  /** Products begin the trained part, so that inputs are near 1 and not all alike. */
  @ParameterizedTest
  @MethodSource("operators")
  void derivativesAreThoseOfDifferences(Case tested) {
    List<OnnxTensor> initializers = new ArrayList<>();
    Map<String, Parameter> parameters = new LinkedHashMap<>();
    for (int i = 0; i < tested.shapes.size(); i++) {
      int[] sizes = tested.shapes.get(i);
      float[] values = Models.floats(i + 1, Shapes.count(sizes));
      for (int j = 0; j < values.length; j++) {
        values[j] = values[j] / 3 + (values[j] < 0 ? -1 : 1);
        values[j] = tested.operator.equals("Sqrt") ? Math.abs(values[j]) : values[j];
      }
      initializers.add(OnnxTensor.of("p" + i, longs(sizes), values));
      var parameter = new Parameter(1, values.length);
      System.arraycopy(values, 0, parameter.values, 0, values.length);
      parameter.useValues();
      parameters.put("p" + i, parameter);
    }
    String inputs = String.join(" ", parameters.keySet());
    if (tested.integers.length > 0) {
      inputs += " integers";
      initializers.add(
          Tensor.of(new int[] {tested.integers.length}, tested.integers).toOnnx("integers"));
    }
    Node node = Models.node(tested.operator, inputs, "y", tested.attributes);
    Model model =
        Models.model(
            20,
            Models.graph(
                List.of(), List.of("y"), List.of(node), initializers.toArray(OnnxTensor[]::new)));
    var network = new TrainedNetwork(model, parameters, 2);
    Tensor y = network.forward(Map.of()).firstEntry().getValue();
    float[] factors = Models.floats(9, y.length());
    network.backward(Map.of("y", Tensor.of(y.shape(), factors)));
    parameters.forEach((name, parameter) -> {
      for (int i = 0; i < parameter.used.length; i++) {
        float value = parameter.used[i];
        parameter.used[i] = value + STEP;
        double up = sum(factors, network);
        parameter.used[i] = value - STEP;
        double down = sum(factors, network);
        parameter.used[i] = value;
        assertThat((double) parameter.gradient[i])
            .describedAs("%s, element %d", name, i)
            .isCloseTo((up - down) / (2 * STEP), within(0.003));
      }
    });
  }

  private static List<Long> longs(int[] sizes) {
    return Arrays.stream(sizes).mapToObj(size -> (long) size).toList();
  }

  private static double sum(float[] factors, TrainedNetwork network) {
    float[] y = network.forward(Map.of()).firstEntry().getValue().floats();
    return IntStream.range(0, y.length).mapToDouble(i -> (double) factors[i] * y[i]).sum();
  }

  private static Model model(Node... nodes) {
    return Models.model(
        17,
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(nodes),
            OnnxTensor.of("w", List.of(3L, 3L), Models.floats(1, 9)),
            Tensor.of(new int[0], 2f).toOnnx("two"),
            Tensor.of(new int[0], 3f).toOnnx("three")));
  }

  private static Parameter weights() {
    var parameter = new Parameter(3, 3);
    System.arraycopy(Models.floats(1, 9), 0, parameter.values, 0, 9);
    parameter.useValues();
    return parameter;
  }

  /** A value that two nodes read gets both slopes: y = (x W)^2 + x W. */
  @Test
  void slopesOfAllReadersAreAdded() {
    Model model =
        model(
            Models.node("MatMul", "x w", "h"),
            Models.node("Pow", "h two", "s"),
            Models.node("Add", "s h", "y"));
    Parameter parameter = weights();
    Tensor x = Tensor.of(new int[] {1, 3}, 1f, 2f, -1f);
    var network = new TrainedNetwork(model, Map.of("w", parameter), 1);
    float[] y = network.forward(Map.of("x", x)).firstEntry().getValue().floats();
    try (Network plain = Network.of(model, Map.of(), NetworkOptions.dense())) {
      assertThat(y).containsExactly(plain.run(x).floats(), within(1e-5f));
    }
    network.backward(Map.of("y", Tensor.of(new int[] {1, 3}, 1f, 0f, 0f)));
    double h = parameter.used[0] + 2 * parameter.used[3] - parameter.used[6];
    for (int i = 0; i < 3; i++) {
      assertThat((double) parameter.gradient[3 * i])
          .isCloseTo((2 * h + 1) * x.floats()[i], within(1e-4));
      assertThat(parameter.gradient[3 * i + 1]).isZero();
    }
  }

  @Test
  void anOperatorWithoutDerivativeIsRefusedWhereAParameterHasInfluence() {
    Node before = Models.node("Abs", "x", "a");
    Node product = Models.node("MatMul", "a w", "y");
    new TrainedNetwork(model(before, product), Map.of("w", weights()), 1);
    Node last = Models.node("Abs", "h", "y");
    Model after = model(Models.node("MatMul", "x w", "h"), last);
    assertThatThrownBy(() -> new TrainedNetwork(after, Map.of("w", weights()), 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("operator Abs is not trained, these are: Add, ");
  }

  @Test
  void aFormOfAnOperatorWithoutDerivativeIsRefused() {
    Model cube = model(Models.node("MatMul", "x w", "h"), Models.node("Pow", "h three", "y"));
    var network = new TrainedNetwork(cube, Map.of("w", weights()), 1);
    network.forward(Map.of("x", Tensor.of(new int[] {1, 3}, 1f, 2f, 3f)));
    Map<String, Tensor> slopes = Map.of("y", Tensor.of(new int[] {1, 3}, 1f, 1f, 1f));
    assertThatThrownBy(() -> network.backward(slopes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a power other than 2 is not trained");
  }
}
