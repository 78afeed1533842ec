package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bitindex.onnx.Models.floats;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.Node;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** FusedMatMul is an operator of ONNX Runtime, which says what it means. */
class FusedProductTest {
  private static final String DOMAIN = "com.microsoft";

  private static long[] sizes(String shape) {
    return Stream.of(shape.split(" ", -1)).mapToLong(Long::parseLong).toArray();
  }

  private static int count(long[] shape) {
    int count = 1;
    for (long size : shape) {
      count *= (int) size;
    }
    return count;
  }

  @ParameterizedTest
  @CsvSource({
    "x w, transB, 2 3 6, 5 6",
    "x w, transA, 2 6 3, 6 5",
    "w x, transA, 2 6 3, 6 5",
    "w x, transB, 2 3 6, 5 6",
    "x w, transBatchA, 3 2 6, 2 6 5",
    "x w, transA transB, 2 6 3, 2 5 6",
    "x w, transBatchA transBatchB, 3 2 6, 6 2 5",
    "x w, transA transBatchA transB transBatchB, 6 4 2 3, 5 4 2 6",
    "x w, transA, 6, 6 5",
    "w x, transB, 6, 5 6",
  })
  void outputsAreThoseOfOnnxRuntime(String inputs, String flags, String x, String w)
      throws Exception {
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    attributes.put("alpha", new Attribute.Real(0.25f));
    for (String flag : flags.split(" ", -1)) {
      attributes.put(flag, new Attribute.Int(1));
    }
    var node =
        new Node(
            "", "FusedMatMul", DOMAIN, List.of(inputs.split(" ", -1)), List.of("y"), attributes);
    long[] shape = sizes(w);
    Graph graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(node),
            org.bitindex.onnx.OnnxTensor.of(
                "w", Arrays.stream(shape).boxed().toList(), floats(1, count(shape))));
    var opsets = new LinkedHashMap<>(Map.of("", 17L, DOMAIN, 1L));
    var model = new Model(8, "test", opsets, graph, List.of(), new LinkedHashMap<>());
    float[] input = floats(2, count(sizes(x)));

    long[] expectedShape;
    float[] expected;
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession session = environment.createSession(model.toBytes());
        OnnxTensor tensor =
            OnnxTensor.createTensor(environment, FloatBuffer.wrap(input), sizes(x));
        OrtSession.Result result = session.run(Map.of("x", tensor))) {
      OnnxTensor y = (OnnxTensor) result.get(0);
      expectedShape = y.getInfo().getShape();
      expected = y.getFloatBuffer().array();
    }
    try (Network network = Network.of(model, Map.of(), NetworkOptions.dense())) {
      int[] own = Arrays.stream(sizes(x)).mapToInt(Math::toIntExact).toArray();
      Tensor y = network.run(Tensor.of(own, input));
      assertThat(Arrays.stream(y.shape()).asLongStream().toArray()).isEqualTo(expectedShape);
      for (int i = 0; i < expected.length; i++) {
        assertThat(y.floats()[i]).isCloseTo(expected[i], Offset.offset(1e-5f));
      }
    }
  }
}
