package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Function;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.SparseTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which way weights lie is known from the nodes that use them, and never guessed. */
class OnnxFileTest {
  /** [[1, 2], [3, 4]] as it is stored. */
  private static final float[][] STORED = {{1, 2}, {3, 4}};

  private static final float[][] TURNED = {{1, 3}, {2, 4}};

  @TempDir Path folder;

  private static OnnxTensor w() {
    return OnnxTensor.of("W", List.of(2L, 2L), 1f, 2f, 3f, 4f);
  }

  private static Node named(String name, String operator, String inputs, String output) {
    return new Node(
        name,
        operator,
        "",
        Arrays.asList(inputs.split(" ")),
        List.of(output),
        new LinkedHashMap<>());
  }

  private OnnxFile open(Graph graph, Function... functions) throws IOException {
    Model model = Models.model(13, graph);
    return open(
        new Model(8, "test", model.opsets(), graph, List.of(functions), new LinkedHashMap<>()));
  }

  private OnnxFile open(Model model) throws IOException {
    return OnnxFile.open(Files.write(folder.resolve("m.onnx"), model.toBytes()));
  }

  private static Graph graph(List<Node> nodes, OnnxTensor... initializers) {
    return Models.graph(List.of("x"), List.of("y"), nodes, initializers);
  }

  private static Node einsum(String equation) {
    return Models.node("Einsum", "x W", "y", Map.of("equation", new Attribute.Text(equation)));
  }

  @ParameterizedTest
  @CsvSource({
    "MatMul, x W, , true",
    "MatMul, W x, , false",
    "Gemm, x W, transB=0, true",
    "Gemm, x W, transB=1, false",
    "Gemm, W x, transA=0, false",
    "Gemm, W x, transA=1, true",
    "FusedMatMul, x W, transB=1, false",
    "FusedMatMul, W x, transA=1, true",
  })
  void productsTellWhichWayTheirWeightsLie(
      String operator, String inputs, String flag, boolean transposed) throws IOException {
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    if (flag != null) {
      String[] parts = flag.split("=", -1);
      attributes.put(parts[0], new Attribute.Int(Long.parseLong(parts[1])));
    }
    Node node =
        new Node(
            "/fc/" + operator,
            operator,
            operator.equals("FusedMatMul") ? "com.microsoft" : "",
            Arrays.asList(inputs.split(" ")),
            List.of("y"),
            attributes);
    try (OnnxFile file = open(graph(List.of(node), w()))) {
      assertThat(file.matrices()).containsOnlyKeys("W");
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(transposed ? TURNED : STORED);
      assertThat(file.use("W"))
          .isEqualTo(new MatrixUse("W", List.of(), 0, transposed, 1, List.of("/fc/" + operator)));
      assertThat(file.tensorsWithout(List.of("W"))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'bi,io->bo', true",
    "'b i, o i -> b o', false",
    "'...i,io->...o', true",
    "'bi,ob->io', false",
    "'bi,io->bio', ",
    "'bi,ii->b', ",
  })
  void einsumTellsItWhereOneIndexIsSummed(String equation, Boolean transposed) throws IOException {
    try (OnnxFile file = open(graph(List.of(einsum(equation)), w()))) {
      if (transposed == null) {
        assertThat(file.matrices()).isEmpty();
      } else {
        assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(transposed ? TURNED : STORED);
      }
    }
  }

  @Test
  void weightsAreFollowedThroughCastIdentityTransposeAndReshape() throws IOException {
    OnnxTensor half =
        new OnnxTensor(
            "W",
            DataType.FLOAT16,
            List.of(2L, 2L),
            MemorySegment.ofArray(
                new short[] {
                  Float.floatToFloat16(1),
                  Float.floatToFloat16(3),
                  Float.floatToFloat16(2),
                  Float.floatToFloat16(4)
                }));
    List<Node> nodes =
        List.of(
            Models.node("Cast", "W", "a", Map.of("to", new Attribute.Int(1))),
            Models.node("Identity", "a", "b"),
            Models.node("Reshape", "b shape", "c"),
            Models.node("MatMul", "x c", "y"));
    OnnxTensor shape = OnnxTensor.of("shape", List.of(2L), 2L, -1L);
    // 21 and 43 for x = [1, 10]: the rows are [1, 2] and [3, 4].
    try (OnnxFile file = open(graph(nodes, half, shape))) {
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(STORED);
    }
    List<Node> turned =
        List.of(Models.node("Transpose", "W", "a"), Models.node("MatMul", "x a", "y"));
    try (OnnxFile file = open(graph(turned, w()))) {
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(STORED);
      assertThat(file.use("W").transposed()).isFalse();
    }
  }

  @Test
  void aReshapeThatChangesAMatrixHidesIt() throws IOException {
    OnnxTensor shape = OnnxTensor.of("shape", List.of(2L), 1L, 4L);
    List<Node> nodes =
        List.of(Models.node("Reshape", "W shape", "a"), Models.node("MatMul", "x a", "y"));
    try (OnnxFile file = open(graph(nodes, w(), shape))) {
      assertThat(file.matrices()).isEmpty();
      assertThat(file.kinds())
          .containsEntry("W", "matrix whose orientation is unknown, read by Reshape");
    }
  }

  @Test
  void constantNodesAndSparseInitializersAreWeights() throws IOException {
    SparseTensor sparse =
        new SparseTensor(
            OnnxTensor.of("S", List.of(2L), 5f, 6f),
            OnnxTensor.of("", List.of(2L), 1L, 2L),
            List.of(2L, 2L));
    Node constant =
        Models.node("Constant", "", "C", Map.of("value", new Attribute.OfTensor(w().withName(""))));
    Graph plain =
        graph(
            List.of(
                constant, Models.node("MatMul", "x C", "h"), Models.node("MatMul", "h S", "y")));
    SequencedMap<String, SparseTensor> sparseByName = new LinkedHashMap<>();
    sparseByName.put("S", sparse);
    Graph graph =
        new Graph(
            "g",
            plain.nodes(),
            plain.inputs(),
            plain.outputs(),
            plain.values(),
            plain.initializers(),
            sparseByName);
    try (OnnxFile file = open(graph)) {
      assertThat(file.matrices()).containsOnlyKeys("C", "S");
      assertThat(Rows.of(file.matrix("C"))).isDeepEqualTo(TURNED);
      assertThat(Rows.of(file.matrix("S"))).isDeepEqualTo(new float[][] {{0, 6}, {5, 0}});
    }
  }

  @Test
  void bothDirectionsOfARecurrentLayerAreMatrices() throws IOException {
    OnnxTensor w = OnnxTensor.of("W", List.of(2L, 3L, 1L), 1f, 2f, 3f, 4f, 5f, 6f);
    OnnxTensor r = OnnxTensor.of("R", List.of(2L, 3L, 1L), 6f, 5f, 4f, 3f, 2f, 1f);
    Node gru = Models.node("GRU", "x W R", "y", Map.of("hidden_size", new Attribute.Int(1)));
    try (OnnxFile file = open(graph(List.of(gru), w, r))) {
      assertThat(file.matrices()).containsOnlyKeys("W[0]", "W[1]", "R[0]", "R[1]");
      assertThat(Rows.of(file.matrix("W[0]"))).isDeepEqualTo(new float[][] {{1}, {2}, {3}});
      assertThat(Rows.of(file.matrix("W[1]"))).isDeepEqualTo(new float[][] {{4}, {5}, {6}});
      assertThat(file.use("W[1]").shape()).containsExactly(2L, 3L, 1L);
    }
  }

  @Test
  void aMatrixIsFoundByTheNameOfItsNode() throws IOException {
    Node node = named("/fc/MatMul", "MatMul", "x W", "y");
    try (OnnxFile file = open(graph(List.of(node), w()))) {
      assertThat(file.matrix("/fc/MatMul")).isSameAs(file.matrix("W"));
      assertThatThrownBy(() -> file.matrix("/fc"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("has no matrix /fc, but W");
    }
  }

  @Test
  void numbersAndShapesOfConstantNodesStayWithTheGraph() throws IOException {
    List<Node> nodes =
        List.of(
            constant("one", OnnxTensor.of("t", List.of(), 1f)),
            constant("shape", OnnxTensor.of("", List.of(2L), 2L, 2L)),
            constant("row", OnnxTensor.of("", List.of(2L), 1f, 2f)),
            Models.node("MatMul", "x W", "y"));
    try (OnnxFile file = open(graph(nodes, w()))) {
      assertThat(file.tensors()).containsOnlyKeys("W", "row");
      // Names tell which constants lie outside the graph.
      assertThat(file.graph().graph().nodes().stream().limit(3).map(OnnxFileTest::valueName))
          .containsExactly("", "", "row");
      assertThat(file.graph().graph().initializers().values())
          .extracting(OnnxTensor::name)
          .containsExactly("W");
    }
  }

  private static String valueName(Node constant) {
    return constant.attributes().get("value") instanceof Attribute.OfTensor(OnnxTensor value)
        ? value.name()
        : "none";
  }

  @Test
  void severalMatricesOfOneConstantAreNumbered() throws IOException {
    OnnxTensor stack =
        OnnxTensor.of("S", List.of(2L, 2L, 3L), 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f, 9f, 10f, 11f, 12f);
    try (OnnxFile file = open(graph(List.of(named("down", "MatMul", "x S", "y")), stack))) {
      assertThat(file.matrices()).containsOnlyKeys("S[0]", "S[1]");
      assertThat(Rows.of(file.matrix("S[1]")))
          .isDeepEqualTo(new float[][] {{7, 10}, {8, 11}, {9, 12}});
      List<Long> shape = List.of(2L, 2L, 3L);
      assertThat(file.use("S[0]"))
          .isEqualTo(new MatrixUse("S", shape, 0, true, 1, List.of("down")));
      assertThat(file.use("S[1]")).isEqualTo(new MatrixUse("S", shape, 1, true, 1, List.of()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Gather, W x, embedding",
    "Add, x W, bias",
    "Gemm, x v W, bias",
    "Conv, x v W, bias",
    "Conv, x W, FLOAT matrix",
    "ConvTranspose, x v W, bias",
    "GRU, x v v W, bias",
    "LSTM, x v v v W, FLOAT matrix",
    "QuantizeLinear, x W, scale of quantised weights",
    "BatchNormalization, x W, norm",
    "Sin, W, 'matrix whose orientation is unknown, read by Sin'",
  })
  void kindsFollowFromWhatReads(String operator, String inputs, String kind) throws IOException {
    OnnxTensor column = OnnxTensor.of("W", List.of(4L, 1L), 1f, 2f, 3f, 4f);
    try (OnnxFile file = open(graph(List.of(Models.node(operator, inputs, "y")), column))) {
      assertThat(file.kinds()).containsExactly(Map.entry("W", kind));
      assertThat(file.matrices()).isEmpty();
      assertThat(file.otherMatrices().keySet())
          .isEqualTo(operator.equals("Gather") ? Set.of("W") : Set.of());
    }
    OnnxTensor empty = OnnxTensor.of("W", List.of(0L, 4L), new float[0]);
    try (OnnxFile file = open(graph(List.of(Models.node(operator, inputs, "y")), empty))) {
      assertThat(file.kinds()).containsExactly(Map.entry("W", Kinds.EMPTY));
      assertThat(file.otherMatrices()).isEmpty();
    }
  }

  @Test
  void nothingCanBeReadAfterClose() throws IOException {
    OnnxFile file = open(graph(List.of(Models.node("MatMul", "x W", "y")), w()));
    NamedTensor tensor = file.tensor("W");
    file.close();
    file.close();
    assertThatThrownBy(tensor::floats).isInstanceOf(IllegalStateException.class);
  }

  private static Node constant(String name, OnnxTensor value) {
    return Models.node("Constant", "", name, Map.of("value", new Attribute.OfTensor(value)));
  }

  @Test
  void subgraphsUseTheirOwnWeightsAndThoseAround() throws IOException {
    OnnxTensor inner = OnnxTensor.of("V", List.of(2L, 2L), 5f, 6f, 7f, 8f);
    Graph then = Models.graph(List.of(), List.of("t"), List.of(Models.node("MatMul", "x W", "t")));
    Graph otherwise =
        Models.graph(List.of(), List.of("e"), List.of(Models.node("MatMul", "V x", "e")), inner);
    Node branch =
        Models.node(
            "If",
            "c",
            "y",
            Map.of(
                "then_branch", new Attribute.OfGraph(then),
                "else_branch", new Attribute.OfGraph(otherwise)));
    try (OnnxFile file = open(graph(List.of(branch), w()))) {
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(TURNED);
      assertThat(Rows.of(file.matrix("V"))).isDeepEqualTo(new float[][] {{5, 6}, {7, 8}});
    }
  }

  @Test
  void loopsHandWeightsOnUnchanged() throws IOException {
    Graph body =
        Models.graph(
            List.of("i", "go", "v"),
            List.of("go", "v2", "out"),
            List.of(Models.node("Identity", "v", "v2"), Models.node("MatMul", "x v", "out")));
    Node loop = Models.node("Loop", "n c W", "last y", Map.of("body", new Attribute.OfGraph(body)));
    try (OnnxFile file = open(graph(List.of(loop), w()))) {
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(TURNED);
    }
    Graph changing =
        Models.graph(
            List.of("i", "go", "v"),
            List.of("go", "v2", "out"),
            List.of(Models.node("Neg", "v", "v2"), Models.node("MatMul", "x v", "out")));
    Node other =
        Models.node("Loop", "n c W", "last y", Map.of("body", new Attribute.OfGraph(changing)));
    try (OnnxFile file = open(graph(List.of(other), w()))) {
      assertThat(file.matrices()).isEmpty();
    }
  }

  @Test
  void functionsAreLookedInto() throws IOException {
    Node gemm =
        Models.node("Gemm", "a b", "r", Map.of("transB", new Attribute.Reference("turned", 2)));
    Function linear =
        new Function(
            "Linear",
            "mine",
            List.of("a", "b"),
            List.of("r"),
            List.of("turned"),
            new LinkedHashMap<>(),
            List.of(gemm),
            new LinkedHashMap<>());
    SequencedMap<String, Attribute> turned = new LinkedHashMap<>();
    turned.put("turned", new Attribute.Int(1));
    Node call = new Node("call", "Linear", "mine", List.of("x", "W"), List.of("y"), turned);
    try (OnnxFile file = open(graph(List.of(call), w()), linear)) {
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(STORED);
      assertThat(file.use("W").aliases()).containsExactly("call");
    }
  }

  @Test
  void oneWeightInTwoOrientationsServesBoth() throws IOException {
    List<Node> nodes =
        List.of(named("down", "MatMul", "x W", "h"), named("up", "MatMul", "W h", "y"));
    try (OnnxFile file = open(graph(nodes, w()))) {
      assertThat(file.matrices()).containsOnlyKeys("W", "W@up");
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(TURNED);
      assertThat(Rows.of(file.matrix("W@up"))).isDeepEqualTo(STORED);
      assertThat(file.tensorsWithout(List.of("W", "W@up"))).isEmpty();
    }
  }

  @Test
  void alphaIsAFactorOfItsMatrix() throws IOException {
    Node gemm =
        Models.node(
            "Gemm",
            "x W b",
            "y",
            Map.of("alpha", new Attribute.Real(0.5f), "beta", new Attribute.Real(2)));
    OnnxTensor bias = OnnxTensor.of("b", List.of(1L, 2L), 1f, 2f);
    try (OnnxFile file = open(graph(List.of(gemm), w(), bias))) {
      assertThat(Rows.of(file.matrix("W"))).isDeepEqualTo(new float[][] {{0.5f, 1.5f}, {1, 2}});
      assertThat(file.use("W").factor()).isEqualTo(0.5f);
      assertThat(file.kinds()).containsEntry("b", "bias");
      assertThat(file.otherMatrices()).isEmpty();
    }
  }

  @Test
  void biasesOfRecurrentLayersAreNoWeights() throws IOException {
    OnnxTensor w = OnnxTensor.of("w", List.of(1L, 4L, 1L), 1f, 2f, 3f, 4f);
    OnnxTensor r = OnnxTensor.of("r", List.of(1L, 4L, 1L), 5f, 6f, 7f, 8f);
    OnnxTensor b = OnnxTensor.of("b", List.of(1L, 8L), 1f, 2f, 3f, 4f, 5f, 6f, 7f, 8f);
    try (OnnxFile file = open(graph(List.of(Models.node("LSTM", "x w r b", "y")), w, r, b))) {
      assertThat(file.matrices()).containsOnlyKeys("w", "r");
      assertThat(file.kinds()).containsEntry("b", "bias");
      assertThat(file.otherMatrices()).isEmpty();
    }
  }

  @Test
  void whatIsNoWeightOfAProductIsNamed() throws IOException {
    OnnxTensor conv = OnnxTensor.of("conv", List.of(2L, 1L, 1L, 1L), 1f, 2f);
    OnnxTensor scale = OnnxTensor.of("scale", List.of(1L, 2L), 1f, 2f);
    OnnxTensor quantised =
        new OnnxTensor(
            "q", DataType.INT4, List.of(2L, 2L), MemorySegment.ofArray(new byte[] {0x21, 0x43}));
    OnnxTensor strings =
        new OnnxTensor("words", DataType.STRING, List.of(1L), null, List.of("hello"));
    List<Node> nodes =
        List.of(
            Models.node("Gather", "W x", "e"),
            Models.node("Conv", "x conv", "c", Map.of("group", new Attribute.Int(2))),
            Models.node("DequantizeLinear", "q scale", "d"),
            Models.node("MatMul", "x d", "y"));
    try (OnnxFile file = open(graph(nodes, w(), conv, scale, quantised, strings))) {
      assertThat(file.matrices()).isEmpty();
      assertThat(file.otherMatrices()).containsOnlyKeys("W", "conv");
      assertThat(file.kinds())
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "W", "embedding",
                  "conv", "weights of a depthwise convolution",
                  "scale", "scale of quantised weights",
                  "q", "INT4 matrix"));
      assertThat(file.leftOut()).containsOnlyKeys("words");
      assertThat(file.tensors().values().stream().map(NamedTensor::name))
          .containsExactly("W", "conv", "scale", "q");
    }
  }

  @Test
  void aNodeWithTheNameOfAnInitializerChangesNoName() throws IOException {
    Node matMul = named("b", "MatMul", "x W", "h");
    Node add = named("a", "Add", "h b", "y");
    OnnxTensor bias = OnnxTensor.of("b", List.of(2L), 1f, 2f);
    try (OnnxFile file = open(graph(List.of(matMul, add), w(), bias))) {
      assertThat(file.matrices()).containsOnlyKeys("W");
      assertThat(file.tensorsWithout(List.of("W")))
          .extracting(NamedTensor::name)
          .containsExactly("b");
    }
  }

  @Test
  void refusesEveryTruncation() throws Exception {
    byte[] whole =
        Models.model(13, graph(List.of(Models.node("MatMul", "x W", "y")), w())).toBytes();
    Path path = folder.resolve("cut.onnx");
    int refused = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      try {
        OnnxFile.open(path).close();
      } catch (EncodedFormatException e) {
        assertThat(e).message().hasLineCount(1).startsWith(path.toString());
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(whole.length * 3 / 4);
    Files.write(path, new byte[0]);
    assertThatThrownBy(() -> OnnxFile.open(path)).isInstanceOf(EncodedFormatException.class);
  }
}
