package org.bitindex.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bitindex.onnx.Models.graph;
import static org.bitindex.onnx.Models.model;
import static org.bitindex.onnx.Models.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.bitindex.graph.operator.FusedOperators;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;

/** A value that is an output too is read by one more, so that its nodes are not fused. */
class FuserTest {
  private static final int WIDTH = 37;
  private static final Map<String, Attribute> ROWS =
      Map.of("axes", new Attribute.Ints(new long[] {-1}));

  private static float[] floats(int seed, int count) {
    var random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian() * 3;
    }
    return values;
  }

  private static OnnxTensor[] constants() {
    long width = WIDTH;
    return new OnnxTensor[] {
      OnnxTensor.of("w", List.of(width, width), floats(1, WIDTH * WIDTH)),
      OnnxTensor.of("b", List.of(width), floats(2, WIDTH)),
      OnnxTensor.of("g", List.of(width), floats(3, WIDTH)),
      OnnxTensor.of("root", List.of(), 1.4142135f),
      OnnxTensor.of("one", List.of(), 1f),
      OnnxTensor.of("half", List.of(), 0.5f),
      OnnxTensor.of("two", List.of(), 2f),
      OnnxTensor.of("e", List.of(), 1e-12f),
      OnnxTensor.of("zero", List.of(), 0f),
      OnnxTensor.of("six", List.of(1L), 6f)
    };
  }

  private static Graph graphOf(List<Node> nodes, String... outputs) {
    return graph(List.of("x"), List.of(outputs), nodes, constants());
  }

  private static final List<Node> PRODUCT =
      List.of(node("MatMul", "x w", "m"), node("Add", "b m", "p"));

  private static List<Node> gelu(String x) {
    return List.of(
        node("Div", x + " root", "d"),
        node("Erf", "d", "f"),
        node("Add", "f one", "s"),
        node("Mul", x + " s", "h"),
        node("Mul", "h half", "y"));
  }

  private static List<Node> layerNorm(String x) {
    return List.of(
        node("ReduceMean", x, "mean", ROWS),
        node("Sub", x + " mean", "c"),
        node("Pow", "c two", "c2"),
        node("ReduceMean", "c2", "v", ROWS),
        node("Add", "v e", "ve"),
        node("Sqrt", "ve", "r"),
        node("Div", "c r", "n"),
        node("Mul", "n g", "ng"),
        node("Add", "ng b", "y"));
  }

  private static List<Node> joined(List<Node> a, List<Node> b) {
    return Stream.concat(a.stream(), b.stream()).toList();
  }

  private static List<String> operators(Graph graph) {
    return graph.nodes().stream().map(Node::operator).toList();
  }

  private static float[] run(Graph graph, int threads) {
    Tensor x = Tensor.of(new int[] {7, 70, WIDTH}, floats(9, 7 * 70 * WIDTH));
    try (Network network =
        Network.of(model(13, graph), Map.of(), NetworkOptions.dense().withThreads(threads))) {
      return network.run(x).floats();
    }
  }

  /** Fused into these operators, with the bits of the separate nodes. */
  private static void requireFused(List<Node> nodes, String between, String... operators) {
    assertThat(operators(Fuser.fuse(graphOf(nodes, "y")))).containsExactly(operators);
    List<String> outputs = new ArrayList<>(List.of("y"));
    outputs.addAll(List.of(between.split(" ")));
    Graph separate = graphOf(nodes, outputs.toArray(String[]::new));
    assertThat(Fuser.fuse(separate).nodes()).isEqualTo(nodes);
    float[] expected = run(separate, 1);
    assertThat(run(graphOf(nodes, "y"), 1)).isEqualTo(expected);
    assertThat(run(graphOf(nodes, "y"), 3)).isEqualTo(expected);
  }

  @Test
  void geluIsOneNode() {
    requireFused(gelu("x"), "f", FusedOperators.GELU);
  }

  @Test
  void aProductTakesItsBiasAndItsGelu() {
    requireFused(joined(PRODUCT, gelu("p")), "m f", FusedOperators.GELU_PRODUCT);
    List<Node> biased = joined(PRODUCT, List.of(node("Neg", "p", "y")));
    requireFused(biased, "m", FusedOperators.BIASED_PRODUCT, "Neg");
  }

  @Test
  void layerNormIsOneNode() {
    requireFused(layerNorm("x"), "v", FusedOperators.LAYER_NORM);
  }

  @Test
  void layerNormTakesTheSumBeforeIt() {
    List<Node> sum = joined(PRODUCT, List.of(node("Add", "p x", "t")));
    requireFused(
        joined(sum, layerNorm("t")),
        "v m",
        FusedOperators.BIASED_PRODUCT,
        FusedOperators.LAYER_NORM);
  }

  private static final List<Node> HARD_SWISH =
      List.of(
          node("Add", "x two", "s"),
          node("Clip", "s zero six", "c"),
          node("Mul", "x c", "m"),
          node("Div", "m six", "y"));

  @Test
  void operationsWithNumbersAreAChain() {
    List<Node> chain =
        List.of(
            node("Sub", "x root", "a"),
            node("Div", "a six", "d"),
            node("Mul", "two d", "f"),
            node("Clip", "f half six", "h"),
            node("Add", "h one", "y"));
    requireFused(chain, "a d f h", FusedOperators.POINTWISE);
    requireFused(HARD_SWISH, "s c m", FusedOperators.POINTWISE);
    List<Node> named =
        List.of(
            node("Neg", "x", "n"),
            node("Mul", "n root", "v"),
            node("Add", "v two", "s"),
            node("Clip", "s zero six", "c"),
            node("Mul", "c v", "m"),
            node("Div", "m six", "y"));
    requireFused(named, "v s c m", "Neg", FusedOperators.POINTWISE);
  }

  /** A constant vector of one element makes a vector of a number. */
  @Test
  void aChainOfANumberHasTheRankOfItsConstants() {
    List<Node> nodes = List.of(node("Mul", "x six", "a"), node("Add", "a two", "y"));
    try (Network network =
        Network.of(model(13, graphOf(nodes, "y")), Map.of(), NetworkOptions.dense())) {
      Tensor y = network.run(Tensor.of(new int[0], 1.5f));
      assertThat(y.shape()).containsExactly(1);
      assertThat(y.floats()).containsExactly(11f);
    }
  }

  /** What is subtracted from, or divided, is not the constant. */
  @Test
  void anOperandThatIsNotANumberEndsAChain() {
    List<Node> nodes =
        List.of(node("Sub", "two x", "a"), node("Div", "one a", "d"), node("Add", "d d", "y"));
    assertThat(Fuser.fuse(graphOf(nodes, "y")).nodes()).isEqualTo(nodes);
    List<Node> vector = List.of(node("Mul", "x g", "a"), node("Add", "a b", "y"));
    assertThat(Fuser.fuse(graphOf(vector, "y")).nodes()).isEqualTo(vector);
  }

  @Test
  void otherNumbersAreOtherFunctions() {
    List<Node> nodes = new ArrayList<>(gelu("x"));
    nodes.set(4, node("Mul", "h two", "y"));
    assertThat(Fuser.fuse(graphOf(nodes, "y")).nodes()).isEqualTo(nodes);
    List<Node> norm = new ArrayList<>(layerNorm("x"));
    norm.set(2, node("Pow", "c half", "c2"));
    assertThat(Fuser.fuse(graphOf(norm, "y")).nodes()).isEqualTo(norm);
  }
}
