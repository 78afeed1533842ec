package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A network for other runtimes: what its nodes and constants hold is what the encoded file says.
 */
class PlainOnnxTest {
  private static final Code SYMMETRIC = new Code.Symmetric(4);

  @TempDir private Path folder;

  /** Gaussian weights [a x b]. */
  private static OnnxTensor weights(String name, int a, int b) {
    return OnnxTensor.of(name, List.of((long) a, (long) b), Models.floats(a + b, a * b));
  }

  private static Graph graph(List<Node> nodes, OnnxTensor... initializers) {
    return Models.graph(List.of("x"), List.of("y"), nodes, initializers);
  }

  /** The encoded file of a model, whose matrices are encoded in a code by their names. */
  private ModelFile encode(Graph graph, Map<String, Code> codes, Code others) throws IOException {
    Path dense = folder.resolve("m.onnx");
    Files.write(dense, Models.model(17, graph).toBytes());
    Path encoded = folder.resolve("m.safetensors");
    try (OnnxFile file = OnnxFile.open(dense)) {
      var writer = new ModelWriter().graph(file.graph());
      file.matrices()
          .forEach((name, matrix) -> {
            Code code = codes.getOrDefault(name, others);
            var encoder = new Encoder(code, ScaleMode.ROW, new Layout.Flat(), 1);
            writer.use(name, file.use(name)).add(name, () -> encoder.encode(matrix));
          });
      file.tensorsWithout(file.matrices().keySet()).forEach(writer::add);
      writer.write(encoded, IfExists.REPLACE);
    }
    return ModelFile.open(encoded);
  }

  private static String text(Node node) {
    return "%s: %s%s(%s) -> %s"
        .formatted(
            node.name(),
            node.domain().isEmpty() ? "" : node.domain() + ".",
            node.operator(),
            String.join(", ", node.inputs()),
            String.join(", ", node.outputs()));
  }

  private static int integer(Node node, String attribute) {
    return Math.toIntExact(node.integer(attribute, -1));
  }

  /** The weights [N x K] of a MatMulNBits, as ONNX Runtime documents them. */
  private static float[][] dequantised(Node node, Map<String, OnnxTensor> constants) {
    int k = integer(node, "K");
    int n = integer(node, "N");
    int bits = integer(node, "bits");
    int block = integer(node, "block_size");
    int blocks = (k + block - 1) / block;
    OnnxTensor q = Objects.requireNonNull(constants.get(node.input(1)));
    assertThat(q.shape()).containsExactly((long) n, (long) blocks, (long) block * bits / 8);
    byte[] packed = q.bytes().toArray(ValueLayout.JAVA_BYTE);
    OnnxTensor scales = Objects.requireNonNull(constants.get(node.input(2)));
    assertThat(scales.shape()).containsExactly((long) n * blocks);
    float[][] weights = new float[n][k];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < blocks * block; j++) {
        int bit = (i * blocks * block + j) * bits;
        int value = ((packed[bit / 8] & 0xff) >> (bit % 8)) & ((1 << bits) - 1);
        int integer = value - (1 << (bits - 1));
        if (j < k) {
          weights[i][j] = scales.floats()[i * blocks + j / block] * integer;
        } else {
          assertThat(integer).as("row %d, padding %d", i, j).isZero();
        }
      }
    }
    return weights;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 16, 4, 16",
    "16, 3, 4, 16",
    "17, 3, 4, 32",
    "100, 3, 4, 128",
    "128, 2, 4, 128",
    "300, 2, 4, 128",
    "40, 5, 5, 64",
    "300, 2, 8, 128",
  })
  void productsHoldTheIntegersOfTheirCode(int inputs, int outputs, int bits, int block)
      throws IOException {
    Graph graph = graph(List.of(Models.node("MatMul", "x W", "y")), weights("W", inputs, outputs));
    try (ModelFile file = encode(graph, Map.of(), new Code.Symmetric(bits))) {
      Model model = PlainOnnx.quantized(file);
      assertThat(model.opsets())
          .containsExactly(Map.entry("", 17L), Map.entry("com.microsoft", 1L));
      Node node = model.graph().nodes().getFirst();
      int stored = bits <= 4 ? 4 : 8;
      assertThat(text(node))
          .isEqualTo(": com.microsoft.MatMulNBits(x, W_Q%d, W_scales) -> y".formatted(stored));
      assertThat(integer(node, "bits")).isEqualTo(stored);
      assertThat(integer(node, "block_size")).isEqualTo(block);
      assertThat(dequantised(node, model.graph().initializers()))
          .isDeepEqualTo(Rows.of(file.matrix("W")));
      assertThat(model.graph().initializers()).containsOnlyKeys("W_Q" + stored, "W_scales");
      OnnxFile.write(folder.resolve("plain.onnx"), model, IfExists.REFUSE);
      Model again = Model.read(folder.resolve("plain.onnx"), Arena.ofAuto());
      assertThat(again.toBytes()).isEqualTo(model.toBytes());
    }
  }

  @Test
  void onlyProductsOfTheGraphThatMapExactlyAreRewritten() throws IOException {
    Graph branch =
        Models.graph(List.of(), List.of("t"), List.of(Models.node("MatMul", "e C", "t")));
    Graph other = Models.graph(List.of(), List.of("G"), List.of());
    var ifNode =
        Models.node(
            "If",
            "c",
            "f",
            Map.of(
                "then_branch", new Attribute.OfGraph(branch),
                "else_branch", new Attribute.OfGraph(other)));
    List<Node> nodes =
        List.of(
            new Node("", "Gemm", "", List.of("x", "A", "b"), List.of("a"), new LinkedHashMap<>()),
            gemm("turned", "a B b", "b2", Map.of("transB", new Attribute.Int(1))),
            gemm("", "b2 C b", "c2", Map.of("transB", new Attribute.Int(0))),
            gemm("alpha", "c2 D b", "d", Map.of("alpha", new Attribute.Real(2))),
            gemm("beta", "d E b", "e", Map.of("beta", new Attribute.Real(2))),
            gemm("transposed", "e F b", "f0", Map.of("transA", new Attribute.Int(1))),
            ifNode,
            Models.node("MatMul", "f G", "g"),
            Models.node("MatMul", "g H", "h"),
            Models.node("MatMul", "h I", "i"),
            Models.node("Add", "i b", "y"));
    OnnxTensor[] constants =
        Arrays.stream("A B C D E F G H I".split(" "))
            .map(name -> weights(name, 4, 4))
            .toArray(OnnxTensor[]::new);
    OnnxTensor[] all = Arrays.copyOf(constants, constants.length + 1);
    all[constants.length] = OnnxTensor.of("b", List.of(4L), 1f, 2f, 3f, 4f);
    Map<String, Code> codes =
        Map.of(
            "B", new Code.Symmetric(6),
            "G", new Code.Ternary(-0.5f, 0.5f),
            "H", new Code.Affine(4),
            "I", new Code.Binary(0));
    try (ModelFile file = encode(graph(nodes, all), codes, SYMMETRIC)) {
      Graph plain = PlainOnnx.quantized(file).graph();
      assertThat(plain.nodes())
          .extracting(PlainOnnxTest::text)
          .containsExactly(
              ": com.microsoft.MatMulNBits(x, A_Q4, A_scales) -> a_product",
              ": Add(a_product, b) -> a",
              "turned: com.microsoft.MatMulNBits(a, B_Q8, B_scales) -> b2_product",
              "turned_bias: Add(b2_product, b) -> b2",
              ": com.microsoft.MatMulNBits(b2, C_Q4, C_scales) -> c2_product",
              ": Add(c2_product, b) -> c2",
              "alpha: Gemm(c2, D, b) -> d",
              "beta: Gemm(d, E, b) -> e",
              "transposed: Gemm(e, F, b) -> f0",
              ": If(c) -> f",
              ": com.microsoft.MatMulNBits(f, G_Q4, G_scales) -> g",
              ": MatMul(g, H) -> h",
              ": MatMul(h, I) -> i",
              ": Add(i, b) -> y");
      // C and G are read in the branches, too, so that they stay.
      assertThat(plain.initializers())
          .containsOnlyKeys(
              "A_Q4",
              "A_scales",
              "B_Q8",
              "B_scales",
              "C_Q4",
              "C_scales",
              "G_Q4",
              "G_scales",
              "b",
              "C",
              "D",
              "E",
              "F",
              "G",
              "H",
              "I");
      for (Node node : plain.nodes()) {
        if (node.operator().equals("MatMulNBits")) {
          String name = node.input(1).substring(0, 1);
          assertThat(dequantised(node, plain.initializers()))
              .as(name)
              .isDeepEqualTo(Rows.of(file.matrix(name)));
        }
      }
      requireDense(file, plain, "C");
      requireDense(file, PlainOnnx.dense(file).graph(), "A", "C", "G", "H", "I");
      assertThat(PlainOnnx.dense(file).graph().nodes()).hasSameSizeAs(nodes);
    }
  }

  private static Node gemm(
      String name, String inputs, String output, Map<String, Attribute> attributes) {
    return new Node(
        name,
        "Gemm",
        "",
        List.of(inputs.split(" ")),
        List.of(output),
        new LinkedHashMap<>(attributes));
  }

  /** Constants [in x out] hold the matrices' rows as columns. */
  private static void requireDense(ModelFile file, Graph graph, String... names) {
    for (String name : names) {
      OnnxTensor tensor = Objects.requireNonNull(graph.initializers().get(name));
      float[][] rows = Rows.of(file.matrix(name));
      float[] values = tensor.floats();
      for (int i = 0; i < values.length; i++) {
        assertThat(values[i]).as(name).isEqualTo(rows[i % rows.length][i / rows.length]);
      }
    }
  }

  @Test
  void whatOneNodeMultipliesWithEncodedAndAnotherDenseServesBoth() throws IOException {
    List<Node> nodes =
        List.of(Models.node("MatMul", "x W", "h"), Models.node("MatMul", "W h", "y"));
    try (ModelFile file = encode(graph(nodes, weights("W", 4, 4)), Map.of(), SYMMETRIC)) {
      Graph plain = PlainOnnx.quantized(file).graph();
      assertThat(plain.nodes())
          .extracting(PlainOnnxTest::text)
          .containsExactly(
              ": com.microsoft.MatMulNBits(x, W_Q4, W_scales) -> h", ": MatMul(W, h) -> y");
      assertThat(plain.initializers()).containsOnlyKeys("W", "W_Q4", "W_scales");
    }
  }

  @Test
  void aNetworkOfWhichNothingMapsStaysAsItIs() throws IOException {
    Graph graph = graph(List.of(Models.node("MatMul", "x W", "y")), weights("W", 3, 4));
    try (ModelFile file = encode(graph, Map.of(), new Code.Affine(4))) {
      assertThat(PlainOnnx.quantized(file).toBytes()).isEqualTo(PlainOnnx.dense(file).toBytes());
      assertThat(PlainOnnx.dense(file).opsets()).containsOnlyKeys("");
    }
  }

  @Test
  void weightsAloneAreNoNetwork() throws IOException {
    Path path = folder.resolve("weights.safetensors");
    new ModelWriter().write(path, IfExists.REFUSE);
    try (ModelFile file = ModelFile.open(path)) {
      assertThatThrownBy(() -> PlainOnnx.dense(file))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessage(path + " holds weights, but no network");
    }
  }
}
