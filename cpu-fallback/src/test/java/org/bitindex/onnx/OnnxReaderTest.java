package org.bitindex.onnx;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SequencedMap;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxReaderTest {
  private static Model read(byte[] bytes) throws IOException {
    return Model.read("m", MemorySegment.ofArray(bytes), (_, _, _, _) -> null);
  }

  /** A model with every kind of part. */
  private static Model everything() {
    OnnxTensor weights = OnnxTensor.of("w", List.of(2L, 2L), 1, -2, 3, 4);
    var strings = new OnnxTensor("s", DataType.STRING, List.of(2L), null, List.of("a", "grüße"));
    var nibbles =
        new OnnxTensor(
            "n", DataType.INT4, List.of(3L), MemorySegment.ofArray(new byte[] {0x2f, 7}));
    var sparse =
        new SparseTensor(
            OnnxTensor.of("sp", List.of(2L), 5f, 6f),
            OnnxTensor.of("", List.of(2L), 1L, 3L),
            List.of(2L, 2L));
    Graph branch =
        Models.graph(List.of(), List.of("b"), List.of(Models.node("Identity", "w", "b")));
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("real", new Attribute.Real(1.5f));
    attributes.put("int", new Attribute.Int(-7));
    attributes.put("text", new Attribute.Text("SAME"));
    attributes.put("reals", new Attribute.Reals(new float[] {1, 2}));
    attributes.put("ints", new Attribute.Ints(new long[] {-1, 1L << 40}));
    attributes.put("texts", new Attribute.Texts(List.of("x", "y")));
    attributes.put("tensor", new Attribute.OfTensor(weights));
    attributes.put("tensors", new Attribute.OfTensors(List.of(weights, nibbles)));
    attributes.put("graph", new Attribute.OfGraph(branch));
    attributes.put("graphs", new Attribute.OfGraphs(List.of(branch, branch)));
    attributes.put("sparse", new Attribute.OfSparseTensor(sparse));
    attributes.put("sparses", new Attribute.OfSparseTensors(List.of(sparse)));
    attributes.put(
        "type",
        new Attribute.OfType(
            new ValueType(
                ValueType.Kind.SEQUENCE,
                DataType.UNDEFINED,
                null,
                ValueType.tensor(DataType.INT64, -1, 3))));
    attributes.put("types", new Attribute.OfTypes(List.of(ValueType.tensor(DataType.FLOAT, 1))));
    attributes.put("reference", new Attribute.Reference("axis", 2));
    Graph graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(Models.node("Many", "x w", "y", attributes)),
            weights,
            strings,
            nibbles);
    graph =
        new Graph(
            graph.name(),
            graph.nodes(),
            List.of(new ValueInfo("x", ValueType.tensor(DataType.FLOAT, -1, 2))),
            graph.outputs(),
            List.of(new ValueInfo("z", ValueType.NONE)),
            graph.initializers(),
            new LinkedHashMap<>(Map.of("sp", sparse)));
    SequencedMap<String, Long> opsets = new LinkedHashMap<>();
    opsets.put("", 17L);
    opsets.put("own", 1L);
    var function =
        new Function(
            "Twice",
            "own",
            List.of("a"),
            List.of("c"),
            List.of("axis"),
            new LinkedHashMap<>(Map.of("by", new Attribute.Real(2))),
            List.of(Models.node("Add", "a a", "c")),
            new LinkedHashMap<>(Map.of("", 17L)));
    return new Model(
        9, "test", opsets, graph, List.of(function), new LinkedHashMap<>(Map.of("k", "v")));
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    byte[] bytes = everything().toBytes();
    Model model = read(bytes);
    assertThat(model.toBytes()).isEqualTo(bytes);
    assertThat(model.opset("own")).isEqualTo(1);
    assertThat(model.metadata()).containsEntry("k", "v");
    Graph graph = model.graph();
    assertThat(requireNonNull(graph.initializers().get("w")).floats()).containsExactly(1, -2, 3, 4);
    assertThat(requireNonNull(graph.initializers().get("s")).strings())
        .containsExactly("a", "grüße");
    assertThat(requireNonNull(graph.initializers().get("n")).longs()).containsExactly(-1, 2, 7);
    assertThat(requireNonNull(graph.sparseInitializers().get("sp")).places()).containsExactly(1, 3);
    assertThat(graph.inputs().getFirst().type()).hasToString("FLOAT[?, 2]");
    Node node = graph.nodes().getFirst();
    assertThat(node.integer("int", 0)).isEqualTo(-7);
    assertThat(node.integers("ints")).containsExactly(-1, 1L << 40);
    assertThat(node.reals("reals")).containsExactly(1, 2);
    assertThat(node.texts("texts")).containsExactly("x", "y");
    assertThat(node.attributes().get("reference")).isEqualTo(new Attribute.Reference("axis", 2));
    Graph branch = requireNonNull(node.graph("graph"));
    assertThat(branch.nodes().getFirst().operator()).isEqualTo("Identity");
    assertThat(model.functions().getFirst().defaults()).containsKey("by");
    assertThat(requireNonNull(graph.initializers().get("w")).matrix(0, 2, 2, 1, 2).rows())
        .isEqualTo(2);
  }

  @Test
  void tensorsWithoutDataAreElsewhere() throws IOException {
    OnnxTensor weights = OnnxTensor.of("w", List.of(2L, 2L), 1, 2, 3, 4).withoutData();
    Graph graph = Models.graph(List.of("x"), List.of("x"), List.of(), weights);
    byte[] bytes = Models.model(17, graph).toBytes();
    OnnxTensor read = requireNonNull(read(bytes).graph().initializers().get("w"));
    assertThat(read.data()).isNull();
    assertThat(read.shape()).containsExactly(2L, 2L);
    assertThatThrownBy(() -> Model.read("m", MemorySegment.ofArray(bytes), ExternalData.NONE))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageContaining("tensor w");
  }

  private static byte[] external(String location, String offset, String length) {
    var tensor = new MessageWriter().integer(1, 2).integer(2, 1).string(8, "w");
    tensor.message(13, new MessageWriter().string(1, "location").string(2, location));
    tensor.message(13, new MessageWriter().string(1, "offset").string(2, offset));
    tensor.message(13, new MessageWriter().string(1, "length").string(2, length));
    tensor.integer(14, 1);
    return bytes(new MessageWriter().message(7, new MessageWriter().message(5, tensor)));
  }

  private static byte[] bytes(MessageWriter message) {
    var out = new java.io.ByteArrayOutputStream();
    try {
      message.writeTo(out);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return out.toByteArray();
  }

  @Test
  void externalDataIsReadFromTheFolderAndNowhereElse(@TempDir Path folder) throws IOException {
    Path inner = Files.createDirectories(folder.resolve("model/data"));
    Path model = folder.resolve("model/m.onnx");
    byte[] floats = new byte[12];
    floats[7] = 0x40; // 2.0f is 0x40000000
    floats[11] = 0x3f;
    floats[10] = (byte) 0x80;
    Files.write(inner.resolve("w.bin"), floats);
    Files.write(folder.resolve("secret"), floats);
    Files.createSymbolicLink(inner.resolve("link"), folder.resolve("secret"));
    try (Arena arena = Arena.ofConfined()) {
      Files.write(model, external("data/w.bin", "4", "8"));
      Model read = Model.read(model, arena);
      assertThat(requireNonNull(read.graph().initializers().get("w")).floats())
          .containsExactly(2, 1);
      for (String location :
          List.of(
              "../secret", "data/link", folder.resolve("secret").toString(), "data/../../secret")) {
        Files.write(model, external(location, "0", "8"));
        assertThatThrownBy(() -> Model.read(model, arena))
            .isInstanceOf(EncodedFormatException.class)
            .hasMessageContaining("outside the model's folder");
      }
      Files.write(model, external("data", "0", "8"));
      assertThatThrownBy(() -> Model.read(model, arena))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageContaining("lies in data, which is not a regular file");
      Files.write(model, external("", "0", "8"));
      assertThatThrownBy(() -> Model.read(model, arena))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageContaining("lies in another file, but in which is not said");
      Files.write(model, external("data/w.bin", "8", "8"));
      assertThatThrownBy(() -> Model.read(model, arena))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageContaining("which has 12");
      Files.write(model, external("data/w.bin", "x", "8"));
      assertThatThrownBy(() -> Model.read(model, arena))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageContaining("offset is x");
      Files.write(model, external("data/none", "0", "8"));
      assertThatThrownBy(() -> Model.read(model, arena))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("no such file");
    }
  }

  @Test
  void typedDataHasTheBytesOfItsType() throws IOException {
    var half = new MessageWriter().integer(1, 2).integer(2, 10).string(8, "h");
    half.integer(5, 0x3c00).integer(5, 0xc000);
    var floats = new MessageWriter().integer(1, 2).integer(2, 1).string(8, "f");
    floats.float32(4, 1.25f).float32(4, -3);
    var bools = new MessageWriter().integer(1, 2).integer(2, 9).string(8, "b");
    bools.integer(5, 1).integer(5, 0);
    var graph = new MessageWriter().message(5, half).message(5, floats).message(5, bools);
    Map<String, OnnxTensor> tensors =
        read(bytes(new MessageWriter().message(7, graph))).graph().initializers();
    assertThat(requireNonNull(tensors.get("h")).floats()).containsExactly(1, -2);
    assertThat(requireNonNull(tensors.get("f")).floats()).containsExactly(1.25f, -3);
    assertThat(requireNonNull(tensors.get("b")).longs()).containsExactly(1, 0);
  }

  @Test
  void deepNestingIsRefused() {
    var message = new MessageWriter().string(2, "leaf");
    for (int i = 0; i < 200; i++) {
      var attribute = new MessageWriter().string(1, "g").message(6, message).integer(20, 5);
      message = new MessageWriter().message(1, new MessageWriter().message(5, attribute));
    }
    byte[] bytes = bytes(new MessageWriter().message(7, message));
    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageContaining("at byte")
        .hasMessageContaining("messages in each other");
  }

  @Test
  void anyBytesAreReadOrRefusedInOneSentence() throws IOException {
    byte[] good = everything().toBytes();
    var random = new Random(17);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = Arrays.copyOf(good, i % 4 == 0 ? random.nextInt(good.length) : good.length);
      for (int k = random.nextInt(4); k >= 0 && bad.length > 0; k--) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        read(bad).toBytes();
      } catch (EncodedFormatException e) {
        refused++;
        assertThat(e.getMessage()).startsWith("m: ").hasLineCount(1).hasSizeLessThan(2000);
      }
    }
    assertThat(refused).isBetween(1000, 19_999);
  }
}
