package org.bitindex.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bitindex.onnx.Models.floats;
import static org.bitindex.onnx.Models.graph;
import static org.bitindex.onnx.Models.model;
import static org.bitindex.onnx.Models.node;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.DecodedTensor;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.layout.Layout;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.Function;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.SparseTensor;
import org.bitindex.onnx.TensorMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An ONNX file is encoded to a file that runs: the graph of the one with the other's weights. */
class EncodedNetworkTest {
  private static final Attribute ONE = new Attribute.Int(1);

  private static List<Backend> backends;

  @TempDir private Path folder;

  @BeforeAll
  static void openBackends() {
    backends = List.of(Backends.open("scalar", 1), Backends.open("vector:256", 2));
  }

  @AfterAll
  static void closeBackends() {
    backends.forEach(Backend::close);
  }

  private static OnnxTensor weights(String name, Long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return OnnxTensor.of(name, List.of(shape), floats(name.hashCode(), (int) count));
  }

  private static Tensor input(int... shape) {
    int count = 1;
    for (int size : shape) {
      count *= size;
    }
    return Tensor.of(shape, floats(7, count));
  }

  /** Writes model.onnx and what becomes of it when the matrices of some names are encoded. */
  private Path encode(Model model, Predicate<String> chosen) throws IOException {
    Path dense = Files.write(folder.resolve("model.onnx"), model.toBytes());
    Path encoded = folder.resolve("model.bie.safetensors");
    var encoder = new Encoder(new Code.Symmetric(5), ScaleMode.ROW, new Layout.Adaptive());
    try (OnnxFile file = OnnxFile.open(dense)) {
      var writer = new ModelWriter().graph(file.graph());
      List<String> names = file.matrices().keySet().stream().filter(chosen).toList();
      for (String name : names) {
        writer.use(name, file.use(name));
        writer.add(name, () -> encoder.encode(file.matrix(name)));
      }
      file.tensorsWithout(names).forEach(writer::add);
      writer.write(encoded, IfExists.REPLACE);
    }
    return encoded;
  }

  /** The graph of an encoded file with its weights decoded into it. */
  private static Model decoded(ModelFile file) throws IOException {
    Map<String, OnnxTensor> tensors = new HashMap<>();
    for (DecodedTensor tensor : file.decoded().values()) {
      int columns = tensor.rows().columns();
      float[] values = new float[tensor.rows().rows() * columns];
      float[] row = new float[columns];
      for (int i = 0; i < tensor.rows().rows(); i++) {
        tensor.rows().readRow(i, row);
        System.arraycopy(row, 0, values, i * columns, columns);
      }
      tensors.put(tensor.name(), OnnxTensor.of(tensor.name(), tensor.shape(), values));
    }
    Model graph = Objects.requireNonNull(file.graph());
    return new TensorMap() {
      @Override
      protected OnnxTensor map(OnnxTensor tensor) {
        return tensors.getOrDefault(tensor.data() == null ? tensor.name() : "", tensor);
      }
    }.apply(graph);
  }

  private static float[] run(Network network, Tensor x) {
    return network.run(x).floats();
  }

  /**
   * Encodes and runs: near to the same graph with decoded weights, the same bits on all backends.
   *
   * @param products how many go to the backend
   * @return in how many plans
   */
  private int requireRuns(Model model, Tensor x, int products) throws IOException {
    return requireRuns(model, x, products, 1e-3f);
  }

  private int requireRuns(Model model, Tensor x, int products, float tolerance) throws IOException {
    int plans = 0;
    Path path = encode(model, _ -> true);
    float[] expected;
    try (ModelFile file = ModelFile.open(path)) {
      file.verify();
      try (Network network = Network.of(decoded(file), Map.of(), NetworkOptions.dense())) {
        expected = run(network, x);
      }
    }
    float[] first = null;
    for (Backend opened : backends) {
      var backend = new Counting(opened);
      try (Network network = Network.open(path, NetworkOptions.on(backend))) {
        float[] y = run(network, x);
        assertThat(backend.products).isEqualTo(products);
        plans = backend.plans;
        assertThat(y).hasSameSizeAs(expected);
        for (int i = 0; i < y.length; i++) {
          assertThat(y[i]).isCloseTo(expected[i], Offset.offset(tolerance));
        }
        first = first == null ? y : first;
        assertThat(y).isEqualTo(first);
      }
    }
    return plans;
  }

  private void requireRuns(Node node, Tensor x, int products, OnnxTensor... constants)
      throws IOException {
    Graph graph = graph(List.of("x"), List.of("y"), List.of(node), constants);
    requireRuns(model(17, graph), x, products);
  }

  @Test
  void productsOfMatrices() throws IOException {
    requireRuns(node("MatMul", "x w", "y"), input(2, 3, 6), 1, weights("w", 6L, 6L));
    requireRuns(node("MatMul", "w x", "y"), input(6, 3), 1, weights("w", 6L, 6L));
    Map<String, Attribute> attributes =
        Map.of("alpha", new Attribute.Real(0.3f), "beta", new Attribute.Real(2));
    Node gemm = node("Gemm", "x w b", "y", attributes);
    requireRuns(gemm, input(3, 6), 1, weights("w", 6L, 5L), weights("b", 5L));
    requireRuns(
        node("Gemm", "x w", "y", Map.of("transB", ONE)), input(3, 6), 1, weights("w", 5L, 6L));
  }

  @ParameterizedTest
  @CsvSource({
    "x w, 0, 2 3 6, 6 5",
    "x w, transB, 2 3 6, 5 6",
    "x w, transA transB, 2 6 3, 5 6",
    "w x, 0, 2 6 3, 5 6",
    "w x, transA transB, 2 3 6, 6 5",
  })
  void fusedProducts(String inputs, String flags, String x, String w) throws IOException {
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("alpha", new Attribute.Real(0.25f));
    for (String flag : flags.split(" ", -1)) {
      attributes.put(flag, ONE);
    }
    Node node =
        new Node(
            "",
            "FusedMatMul",
            "com.microsoft",
            List.of(inputs.split(" ", -1)),
            List.of("y"),
            attributes);
    int[] shape = Stream.of(x.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    Long[] sizes = Stream.of(w.split(" ", -1)).map(Long::valueOf).toArray(Long[]::new);
    requireRuns(node, input(shape), 1, weights("w", sizes));
  }

  @Test
  void productsOfThreeDimensions() throws IOException {
    requireRuns(node("MatMul", "x w", "y"), input(2, 3, 4), 2, weights("w", 2L, 4L, 5L));
  }

  private static final List<Node> CHAIN =
      List.of(
          node("MatMul", "x v", "m"),
          node("Add", "c m", "p"),
          node("Relu", "p", "r"),
          node("MatMul", "r w", "n"),
          node("Gemm", "n u b", "q", Map.of("transB", ONE)),
          node("Relu", "q", "y"));

  private static final OnnxTensor[] CHAINED = {
    weights("v", 6L, 7L),
    weights("c", 7L),
    weights("w", 7L, 5L),
    weights("u", 4L, 5L),
    weights("b", 4L)
  };

  /**
   * Runs with so many plans, and with the bits of one plan a product, which other outputs ask for.
   */
  private void requireChained(List<Node> nodes, String others, int plans) throws IOException {
    Tensor x = input(3, 6);
    Graph whole = graph(List.of("x"), List.of("y"), nodes, CHAINED);
    assertThat(requireRuns(model(17, whole), x, 3)).isEqualTo(plans);
    List<String> outputs = List.of(("y " + others).split(" ", -1));
    Graph separate = graph(List.of("x"), outputs, nodes, CHAINED);
    List<float[]> results = new ArrayList<>();
    for (Graph graph : List.of(whole, separate)) {
      Path path = encode(model(17, graph), _ -> true);
      try (Network network = Network.open(path, NetworkOptions.on(backends.getFirst()))) {
        results.add(run(network, x));
      }
    }
    assertThat(results.getFirst()).isEqualTo(results.getLast());
  }

  @Test
  void productsThatFollowEachOtherAreOnePlan() throws IOException {
    requireChained(CHAIN, "m p r n q", 1);
  }

  @Test
  void aValueThatOthersReadEndsAChain() throws IOException {
    for (String read : List.of("p", "r", "n", "q")) {
      List<Node> nodes = new ArrayList<>(CHAIN.subList(0, 5));
      nodes.add(node("Relu", "q", "s"));
      nodes.add(node("ReduceSum", read, "t"));
      nodes.add(node("Add", "s t", "y"));
      requireChained(nodes, "m p r n q s", read.equals("q") ? 1 : 2);
    }
    for (String output : List.of("p", "r", "n")) {
      Graph graph = graph(List.of("x"), List.of("y", output), CHAIN, CHAINED);
      assertThat(requireRuns(model(17, graph), input(3, 6), 3)).isEqualTo(2);
    }
  }

  @Test
  void whatIsNoProductOfRowsEndsAChain() throws IOException {
    OnnxTensor w = weights("w", 6L, 6L);
    OnnxTensor v = weights("v", 6L, 6L);
    List<Node> ends =
        List.of(
            node("MatMul", "v m", "y"),
            node("Gemm", "m v", "y", Map.of("alpha", new Attribute.Real(2))),
            node("Gemm", "m v", "y", Map.of("transA", ONE)),
            node("Gemm", "m v w", "y"));
    for (Node end : ends) {
      List<Node> nodes = List.of(node("MatMul", "x w", "m"), end);
      Graph graph = graph(List.of("x"), List.of("y"), nodes, w, v);
      assertThat(requireRuns(model(17, graph), input(6, 6), 2)).isEqualTo(2);
    }
    List<Node> gelu =
        List.of(node("MatMul", "x w", "m"), node("Gelu", "m", "g"), node("MatMul", "g v", "y"));
    Graph graph = graph(List.of("x"), List.of("y"), gelu, w, v);
    assertThat(requireRuns(model(20, graph), input(2, 6), 2)).isEqualTo(2);
  }

  @Test
  void convolutions() throws IOException {
    Tensor x = input(2, 4, 7, 6);
    requireRuns(node("Conv", "x w b", "y"), x, 1, weights("w", 3L, 4L, 3L, 2L), weights("b", 3L));
    var groups = Map.of("group", (Attribute) new Attribute.Int(2));
    requireRuns(node("Conv", "x w", "y", groups), x, 2, weights("w", 6L, 2L, 3L, 3L));
    requireRuns(node("ConvTranspose", "x w", "y", groups), x, 2, weights("w", 4L, 3L, 2L, 2L));
    var depthwise = Map.of("group", (Attribute) new Attribute.Int(4));
    requireRuns(node("Conv", "x w", "y", depthwise), x, 0, weights("w", 8L, 1L, 3L, 3L));
  }

  @Test
  void recurrentNetworks() throws IOException {
    Map<String, Attribute> both =
        Map.of(
            "hidden_size", new Attribute.Int(5), "direction", new Attribute.Text("bidirectional"));
    requireRuns(
        node("LSTM", "x w r b", "y", both),
        input(4, 2, 3),
        4,
        weights("w", 2L, 20L, 3L),
        weights("r", 2L, 20L, 5L),
        weights("b", 2L, 40L));
    requireRuns(
        node("GRU", "x w r", "y", Map.of("hidden_size", new Attribute.Int(5))),
        input(4, 2, 3),
        2,
        weights("w", 1L, 15L, 3L),
        weights("r", 1L, 15L, 5L));
  }

  @Test
  void oneWeightInTwoOrientationsAndAsAnEmbedding() throws IOException {
    Graph twice =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(
                node("MatMul", "x w", "a"),
                node("Transpose", "w", "t"),
                node("MatMul", "a t", "b"),
                node("Gather", "w i", "e"),
                node("Add", "b e", "y")),
            weights("w", 6L, 6L),
            OnnxTensor.of("i", List.of(2L), 4L, 0L));
    // Each orientation has scales of its own; decoding takes those of the first.
    requireRuns(model(17, twice), input(2, 6), 2, 1f);
  }

  @Test
  void weightsThatNodesHoldAndThatFunctionsAndBranchesUse() throws IOException {
    Map<String, Attribute> value = Map.of("value", new Attribute.OfTensor(weights("", 6L, 6L)));
    Graph then = graph(List.of(), List.of("t"), List.of(node("MatMul", "x w", "t")));
    Graph other = graph(List.of(), List.of("e"), List.of(node("Add", "x z", "e")));
    var function =
        new Function(
            "Twice",
            "own",
            List.of("a"),
            List.of("b"),
            List.of(),
            new LinkedHashMap<>(),
            List.of(node("Constant", "", "c", value), node("MatMul", "a c", "b")),
            new LinkedHashMap<>(Map.of("", 17L)));
    Node call = new Node("", "Twice", "own", List.of("s"), List.of("u"), new LinkedHashMap<>());
    Graph main =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(
                node("ReduceSum", "x", "n", Map.of("keepdims", new Attribute.Int(0))),
                node("Less", "n zero", "c"),
                node(
                    "If",
                    "c",
                    "s",
                    Map.of(
                        "then_branch", new Attribute.OfGraph(then),
                        "else_branch", new Attribute.OfGraph(other))),
                call,
                node("Constant", "", "k", value),
                node("MatMul", "u k", "y")),
            weights("w", 6L, 6L),
            weights("z", 1L, 6L),
            OnnxTensor.of("zero", List.of(), 100f));
    Model base = model(17, main);
    requireRuns(
        new Model(8, "", base.opsets(), main, List.of(function), new LinkedHashMap<>()),
        input(2, 6),
        3);
  }

  @Test
  void halfPrecisionAndSparseWeights() throws IOException {
    short[] half = new short[36];
    for (int i = 0; i < half.length; i++) {
      half[i] = Float.floatToFloat16(floats(3, 36)[i]);
    }
    var stored =
        new OnnxTensor("h", DataType.FLOAT16, List.of(6L, 6L), MemorySegment.ofArray(half));
    Graph cast =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(node("Cast", "h", "w", Map.of("to", ONE)), node("MatMul", "x w", "y")),
            stored);
    requireRuns(model(17, cast), input(2, 6), 1);
    var sparse =
        new SparseTensor(
            OnnxTensor.of("w", List.of(3L), 1f, -2f, 3f),
            OnnxTensor.of("", List.of(3L), 1L, 7L, 11L),
            List.of(6L, 2L));
    Graph plain = graph(List.of("x"), List.of("y"), List.of(node("MatMul", "x w", "y")));
    Graph held =
        new Graph(
            "",
            plain.nodes(),
            plain.inputs(),
            plain.outputs(),
            List.of(),
            plain.initializers(),
            new LinkedHashMap<>(Map.of("w", sparse)));
    requireRuns(model(17, held), input(2, 6), 1);
  }

  @Test
  void namesOfOtherTensorsAreNoNamesOfConstants() throws IOException {
    // The value of a ConstantOfShape bears the name of a weight.
    OnnxTensor two = OnnxTensor.of("w", List.of(1L), 2f);
    Graph graph =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(
                node("MatMul", "x w", "m"),
                node("Shape", "m", "s"),
                node("ConstantOfShape", "s", "c", Map.of("value", new Attribute.OfTensor(two))),
                node("Add", "m c", "y")),
            weights("w", 6L, 3L),
            weights("graph", 1L));
    requireRuns(model(17, graph), input(2, 6), 1);
  }

  @Test
  void whatIsNotChosenIsCarried() throws IOException {
    Graph graph =
        graph(
            List.of("x"),
            List.of("y"),
            List.of(node("MatMul", "x v", "m"), node("MatMul", "m w", "y")),
            weights("v", 6L, 6L),
            weights("w", 6L, 3L));
    Path path = encode(model(17, graph), "v"::equals);
    try (ModelFile file = ModelFile.open(path);
        Network network = Network.open(path)) {
      assertThat(file.matrices()).containsOnlyKeys("v");
      assertThat(file.tensors()).containsOnlyKeys("w");
      assertThat(run(network, input(2, 6))).hasSize(6);
    }
  }

  @Test
  void aFileWithoutAGraphIsNoNetwork() throws IOException {
    Path path = folder.resolve("weights.safetensors");
    new ModelWriter().write(path, IfExists.REFUSE);
    assertThatThrownBy(() -> Network.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(path + " holds weights, but no network");
  }

  /** A backend that counts its plans. */
  private static final class Counting implements Backend {
    private final Backend backend;
    private int plans;
    private int products;

    Counting(Backend backend) {
      this.backend = backend;
    }

    @Override
    public String name() {
      return backend.name();
    }

    @Override
    public String description() {
      return backend.description();
    }

    @Override
    public Plan plan(List<Linear> chain, int activationBits) {
      plans++;
      products += chain.size();
      return backend.plan(chain, activationBits);
    }

    @Override
    public void close() {}
  }
}
