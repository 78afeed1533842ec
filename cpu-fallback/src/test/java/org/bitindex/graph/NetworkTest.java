package org.bitindex.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bitindex.onnx.Models.floats;
import static org.bitindex.onnx.Models.graph;
import static org.bitindex.onnx.Models.model;
import static org.bitindex.onnx.Models.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Function;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkTest {
  private static final Attribute ONE = new Attribute.Int(1);
  private static final Map<String, Attribute> EQUATION =
      Map.of("equation", new Attribute.Text("ij,ij->i"));

  private static float[] run(Model model, Tensor x) {
    try (Network network = Network.of(model, Map.of(), NetworkOptions.dense())) {
      return network.run(x).floats();
    }
  }

  /** What a node makes of random encoded weights, and of the same weights decoded. */
  private static void requireEncodedAsDense(
      Node node,
      long[] shape,
      boolean transposed,
      List<EncodedMatrix> matrices,
      float[] stored,
      Tensor x) {
    List<Long> sizes = java.util.Arrays.stream(shape).boxed().toList();
    Graph graph =
        graph(List.of("x"), List.of("y"), List.of(node), OnnxTensor.of("w", sizes, stored));
    Tensor expected;
    try (Network dense = Network.of(model(17, graph), Map.of(), NetworkOptions.dense())) {
      expected = dense.run(x);
    }
    Graph bare =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(node),
            OnnxTensor.of("w", sizes, stored).withoutData());
    List<EncodedWeights.Part> parts = new ArrayList<>();
    for (EncodedMatrix matrix : matrices) {
      long first = (long) parts.size() * matrix.rows() * matrix.columns();
      parts.add(new EncodedWeights.Part(matrix, first, transposed));
    }
    var encoded = Map.of("w", new EncodedWeights(parts));
    float[] first = null;
    for (String backendName : List.of("scalar", "vector:256")) {
      for (int threads = 1; threads <= 3; threads += 2) {
        try (Backend backend = Backends.open(backendName, threads);
            Network network =
                Network.of(
                    model(17, bare), encoded, NetworkOptions.on(backend).withThreads(threads))) {
          Tensor y = network.run(x);
          assertThat(y.shape()).isEqualTo(expected.shape());
          for (int i = 0; i < y.length(); i++) {
            assertThat(y.floats()[i])
                .isCloseTo(expected.floats()[i], org.assertj.core.data.Offset.offset(2e-4f));
          }
          assertThat(first == null ? y.floats() : first).isEqualTo(y.floats());
          first = y.floats();
        }
      }
    }
  }

  @Test
  void aClosedNetworkRefusesRunsAndMayBeClosedAgain(@TempDir Path folder) throws IOException {
    Graph graph = graph(List.of("x"), List.of("y"), List.of(node("Relu", "x", "y")));
    Path file = Files.write(folder.resolve("m.onnx"), model(17, graph).toBytes());
    Network network = Network.open(file);
    Map<String, Tensor> x = Map.of("x", Tensor.of(new int[] {1}, 1f));
    assertThat(network.run(x)).hasSize(1);
    network.close();
    network.close();
    assertThatThrownBy(() -> network.run(x))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the network is closed");
  }

  /** Every run ends in the right outputs or in the refusal of a closed network. */
  @Test
  void closingWaitsForRuns(@TempDir Path folder) throws Exception {
    int size = 64;
    OnnxTensor weights =
        OnnxTensor.of("w", List.of((long) size, (long) size), floats(1, size * size));
    Graph graph = graph(List.of("x"), List.of("y"), List.of(node("MatMul", "x w", "y")), weights);
    Path file = Files.write(folder.resolve("m.onnx"), model(17, graph).toBytes());
    Map<String, Tensor> x = Map.of("x", Tensor.of(new int[] {8, size}, floats(2, 8 * size)));
    for (int round = 0; round < 20; round++) {
      Network network = Network.open(file);
      CountDownLatch running = new CountDownLatch(2);
      Callable<String> runs =
          () -> {
            try {
              for (int i = 0; ; i++) {
                network.run(x);
                if (i == 1) {
                  running.countDown();
                }
              }
            } catch (IllegalStateException e) {
              return String.valueOf(e.getMessage());
            }
          };
      FutureTask<String> first = new FutureTask<>(runs);
      FutureTask<String> second = new FutureTask<>(runs);
      Thread.ofPlatform().start(first);
      Thread.ofPlatform().start(second);
      running.await();
      network.close();
      assertThat(List.of(first.get(), second.get())).containsOnly("the network is closed");
    }
  }

  private static EncodedMatrix encode(int seed, int rows, int columns) {
    return new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Adaptive())
        .encode(DenseMatrix.of(rows, columns, floats(seed, rows * columns)));
  }

  private static float[] decoded(EncodedMatrix matrix) {
    float[] values = new float[matrix.rows() * matrix.columns()];
    float[] row = new float[matrix.columns()];
    for (int i = 0; i < matrix.rows(); i++) {
      matrix.readRow(i, row);
      System.arraycopy(row, 0, values, i * row.length, row.length);
    }
    return values;
  }

  private static float[] transposed(float[] values, int rows, int columns) {
    float[] turned = new float[values.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        turned[j * rows + i] = values[i * columns + j];
      }
    }
    return turned;
  }

  private static float[] joined(float[] a, float[] b) {
    float[] both = java.util.Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  @Test
  void matMulTakesEncodedWeightsOnBothSides() {
    // Square, so that only the node tells the orientation.
    EncodedMatrix w = encode(1, 6, 6);
    Tensor x = Tensor.of(new int[] {2, 3, 6}, floats(2, 36));
    requireEncodedAsDense(
        node("MatMul", "x w", "y"),
        new long[] {6, 6},
        true,
        List.of(w),
        transposed(decoded(w), 6, 6),
        x);
    Tensor columns = Tensor.of(new int[] {2, 6, 3}, floats(2, 36));
    requireEncodedAsDense(
        node("MatMul", "w x", "y"), new long[] {6, 6}, false, List.of(w), decoded(w), columns);
  }

  @Test
  void matMulTakesThreeDimensions() {
    EncodedMatrix a = encode(1, 5, 4);
    EncodedMatrix b = encode(2, 5, 4);
    requireEncodedAsDense(
        node("MatMul", "x w", "y"),
        new long[] {2, 4, 5},
        true,
        List.of(a, b),
        joined(transposed(decoded(a), 5, 4), transposed(decoded(b), 5, 4)),
        Tensor.of(new int[] {3, 2, 7, 4}, floats(3, 168)));
  }

  @Test
  void gemmAppliesItsFactorsInBothOrientations() {
    EncodedMatrix w = encode(4, 5, 5);
    var scale = Map.of("alpha", (Attribute) new Attribute.Real(0.5f));
    var turned = Map.of("alpha", new Attribute.Real(0.5f), "transB", ONE, "transA", ONE);
    Tensor x = Tensor.of(new int[] {5, 5}, floats(5, 25));
    requireEncodedAsDense(
        node("Gemm", "x w", "y", scale),
        new long[] {5, 5},
        true,
        List.of(w),
        transposed(decoded(w), 5, 5),
        x);
    requireEncodedAsDense(
        node("Gemm", "x w", "y", turned), new long[] {5, 5}, false, List.of(w), decoded(w), x);
  }

  @Test
  void aBatchIsMovedInTwoInputsOfOneRank() {
    Map<String, Attribute> moved = Map.of("transBatchA", ONE);
    Node node = node("FusedMatMul", "x w", "y", moved);
    node =
        new Node(
            "", node.operator(), "com.microsoft", node.inputs(), node.outputs(), node.attributes());
    Graph graph =
        graph(
            List.of("x"), List.of("y"), List.of(node), OnnxTensor.of("w", List.of(2L, 1L), 1f, 2f));
    assertThatThrownBy(() -> run(model(17, graph), Tensor.of(new int[] {1, 1, 2}, 1f, 2f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "inputs are FLOAT[1, 1, 2] and FLOAT[2, 1], transBatch takes two of one rank above 2");
  }

  @Test
  void convolutionsAreProducts() {
    EncodedMatrix a = encode(6, 3, 2 * 9);
    EncodedMatrix b = encode(7, 3, 2 * 9);
    requireEncodedAsDense(
        node(
            "Conv",
            "x w",
            "y",
            Map.of(
                "group", new Attribute.Int(2),
                "dilations", new Attribute.Ints(new long[] {2, 1}),
                "pads", new Attribute.Ints(new long[] {1, 0, 2, 1}),
                "strides", new Attribute.Ints(new long[] {1, 2}))),
        new long[] {6, 2, 3, 3},
        false,
        List.of(a, b),
        joined(decoded(a), decoded(b)),
        Tensor.of(new int[] {2, 4, 7, 6}, floats(8, 336)));
    EncodedMatrix t = encode(9, 3 * 4, 2);
    requireEncodedAsDense(
        node("ConvTranspose", "x w", "y", Map.of("strides", new Attribute.Ints(new long[] {2, 1}))),
        new long[] {2, 3, 2, 2},
        true,
        List.of(t),
        transposed(decoded(t), 12, 2),
        Tensor.of(new int[] {1, 2, 3, 3}, floats(8, 18)));
  }

  @Test
  void embeddingsAreRows() {
    EncodedMatrix w = encode(10, 7, 4);
    Graph bare =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(
                node("Cast", "x", "i", Map.of("to", new Attribute.Int(7))),
                node("Gather", "w i", "y")),
            OnnxTensor.of("w", List.of(7L, 4L), decoded(w)).withoutData());
    try (Network network =
        Network.of(
            model(17, bare), Map.of("w", EncodedWeights.of(w, false)), NetworkOptions.dense())) {
      Tensor y = network.run(Tensor.of(new int[] {2}, 6f, 0f));
      float[] row = new float[4];
      w.readRow(6, row);
      assertThat(java.util.Arrays.copyOf(y.floats(), 4)).isEqualTo(row);
      assertThatThrownBy(() -> network.run(Map.of("x", Tensor.of(new int[] {1}, 7f))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("index 7 is not in 0 to 6");
    }
  }

  @Test
  void encodedWeightsGoThroughCastAndTranspose() {
    EncodedMatrix w = encode(11, 5, 5);
    Graph bare =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(
                node("Cast", "w", "c", Map.of("to", ONE)),
                node("Transpose", "c", "t"),
                node("MatMul", "x t", "y")),
            OnnxTensor.of("w", List.of(5L, 5L), decoded(w)).withoutData());
    Graph dense =
        graph(
            List.of("x"),
            List.of("y"),
            bare.nodes(),
            OnnxTensor.of("w", List.of(5L, 5L), decoded(w)));
    Tensor x = Tensor.of(new int[] {1, 5}, floats(12, 5));
    List<String> heard = new ArrayList<>();
    try (Backend backend = Backends.open("scalar", 1);
        Network network =
            Network.of(
                model(17, bare),
                Map.of("w", EncodedWeights.of(w, false)),
                NetworkOptions.on(backend)
                    .withListener((name, index, input, batch) ->
                        heard.add(name + index + " " + batch + " " + input.length)))) {
      float[] y = network.run(x).floats();
      float[] expected = run(model(17, dense), x);
      for (int i = 0; i < 5; i++) {
        assertThat(y[i]).isCloseTo(expected[i], org.assertj.core.data.Offset.offset(1e-5f));
      }
    }
    assertThat(heard).containsExactly("w0 1 5");
  }

  /** Any other reader of encoded weights gets them decoded, as a product of another shape does. */
  @Test
  void encodedWeightsAreDecodedForOtherReaders() {
    EncodedMatrix w = encode(11, 5, 4);
    Tensor x = Tensor.of(new int[] {5, 4}, floats(12, 20));
    for (Node node : List.of(node("Add", "x w", "y"), node("Einsum", "x w", "y", EQUATION))) {
      OnnxTensor stored = OnnxTensor.of("w", List.of(5L, 4L), decoded(w));
      Graph bare = graph(List.of("x"), List.of("y"), List.of(node), stored.withoutData());
      Graph dense = graph(List.of("x"), List.of("y"), List.of(node), stored);
      try (Network network =
          Network.of(
              model(17, bare), Map.of("w", EncodedWeights.of(w, true)), NetworkOptions.dense())) {
        // What was encoded is the transpose of [4 x 5].
        float[] turned = transposed(decoded(w), 5, 4);
        Graph other =
            graph(
                List.of("x"),
                List.of("y"),
                List.of(node),
                OnnxTensor.of("w", List.of(5L, 4L), turned));
        assertThat(network.run(x).floats()).isEqualTo(run(model(17, other), x));
      }
      try (Network network =
          Network.of(
              model(17, bare), Map.of("w", EncodedWeights.of(w, false)), NetworkOptions.dense())) {
        assertThat(network.run(x).floats()).isEqualTo(run(model(17, dense), x));
      }
    }
  }

  @Test
  void encodedWeightsOfAnotherSizeAreRefused() {
    EncodedMatrix w = encode(11, 5, 4);
    OnnxTensor stored = OnnxTensor.of("w", List.of(5L, 5L), new float[25]).withoutData();
    Graph bare = graph(List.of("x"), List.of("y"), List.of(node("MatMul", "x w", "y")), stored);
    assertThatThrownBy(() ->
            Network.of(
                model(17, bare), Map.of("w", EncodedWeights.of(w, true)), NetworkOptions.dense()))
        .hasMessageContaining("encoded weights have 20 elements, the tensor has 25");
  }

  @Test
  void subgraphsReadValuesFromOutside() {
    Graph then = graph(List.of(), List.of("t"), List.of(node("Add", "x two", "t")));
    Graph other = graph(List.of(), List.of("e"), List.of(node("Mul", "x two", "e")));
    Graph graph =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(
                node("ReduceSum", "x", "s", Map.of("keepdims", new Attribute.Int(0))),
                node("Greater", "s zero", "c"),
                node(
                    "If",
                    "c",
                    "y",
                    Map.of(
                        "then_branch", new Attribute.OfGraph(then),
                        "else_branch", new Attribute.OfGraph(other)))),
            OnnxTensor.of("two", List.of(), 2f),
            OnnxTensor.of("zero", List.of(), 0f));
    Model model = model(17, graph);
    assertThat(run(model, Tensor.of(new int[] {2}, 3f, 4f))).containsExactly(5, 6);
    assertThat(run(model, Tensor.of(new int[] {2}, -3f, -4f))).containsExactly(-6, -8);
  }

  @Test
  void functionsAreInlinedWithTheirAttributes() {
    var scaled =
        new Function(
            "Scaled",
            "own",
            List.of("a"),
            List.of("b"),
            List.of("alpha"),
            new LinkedHashMap<>(),
            List.of(
                node("LeakyRelu", "a", "t", Map.of("alpha", new Attribute.Reference("alpha", 1))),
                node("Neg", "t", "b")),
            new LinkedHashMap<>(Map.of("", 17L)));
    var call =
        new Node(
            "",
            "Scaled",
            "own",
            List.of("x"),
            List.of("y"),
            new LinkedHashMap<>(Map.of("alpha", new Attribute.Real(0.5f))));
    Model base = model(17, graph(List.of("x"), List.of("y"), List.of(call)));
    var model =
        new Model(8, "", base.opsets(), base.graph(), List.of(scaled), new LinkedHashMap<>());
    assertThat(run(model, Tensor.of(new int[] {2}, -4f, 3f))).containsExactly(2, -3);
    var endless =
        new Function(
            "Scaled",
            "own",
            List.of("a"),
            List.of("b"),
            List.of(),
            new LinkedHashMap<>(),
            List.of(
                new Node("", "Scaled", "own", List.of("a"), List.of("b"), new LinkedHashMap<>())),
            new LinkedHashMap<>());
    var loop =
        new Model(8, "", base.opsets(), base.graph(), List.of(endless), new LinkedHashMap<>());
    assertThatThrownBy(() -> run(loop, Tensor.of(new int[] {1}, 1f)))
        .hasMessageContaining("functions call each other");
  }

  @Test
  void anUnknownOperatorIsNamedBeforeAnythingRuns(@TempDir Path folder) throws IOException {
    Graph graph = graph(List.of("x"), List.of("y"), List.of(node("Fancy", "x", "y")));
    Path file = Files.write(folder.resolve("m.onnx"), model(17, graph).toBytes());
    assertThatThrownBy(() -> Network.open(file))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(file + ": node Fancy -> y: operator Fancy of opset 17 is not supported");
  }

  @Test
  void wrongInputsAreNamed() {
    Graph graph = graph(List.of("x"), List.of("y"), List.of(node("Relu", "x", "y")));
    try (Network network = Network.of(model(17, graph), Map.of(), NetworkOptions.dense())) {
      assertThatThrownBy(() -> network.run(Map.of())).hasMessageContaining("input x is missing");
      assertThatThrownBy(() -> network.run(Map.of("x", Tensor.of(new int[] {1}, 1L))))
          .hasMessage("input x is INT64[1], expected FLOAT");
      Tensor x = Tensor.of(new int[] {1}, 1f);
      assertThatThrownBy(() -> network.run(Map.of("x", x, "z", x)))
          .hasMessageContaining("the network has [x FLOAT]");
    }
    Graph sum =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(node("Add", "x x2", "y")),
            OnnxTensor.of("x2", List.of(3L), 1f, 2f, 3f));
    assertThatThrownBy(() -> run(model(17, sum), Tensor.of(new int[] {2}, 1f, 2f)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("node Add -> y: shapes [2] and [3] do not broadcast");
  }

  @Test
  void bitsDependNeitherOnTheBatchNorOnThreads() {
    float[] w = floats(20, 96 * 80);
    Graph graph =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(
                node("MatMul", "x w", "m"),
                node("Gelu", "m", "g"),
                node("LayerNormalization", "g s", "n"),
                node("Softmax", "n", "y")),
            OnnxTensor.of("w", List.of(96L, 80L), w),
            OnnxTensor.of("s", List.of(80L), floats(21, 80)));
    float[] x = floats(22, 400 * 96);
    try (Network one =
            Network.of(model(20, graph), Map.of(), NetworkOptions.dense().withThreads(1));
        Network three =
            Network.of(model(20, graph), Map.of(), NetworkOptions.dense().withThreads(3))) {
      float[] whole = three.run(Tensor.of(new int[] {400, 96}, x)).floats();
      for (int i = 0; i < 400; i += 57) {
        float[] row = java.util.Arrays.copyOfRange(x, i * 96, (i + 1) * 96);
        float[] single = one.run(Tensor.of(new int[] {1, 96}, row)).floats();
        assertThat(java.util.Arrays.copyOfRange(whole, i * 80, (i + 1) * 80)).isEqualTo(single);
      }
    }
  }
}
