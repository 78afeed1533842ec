package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bitindex.onnx.Models.floats;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.bitindex.cli.CommandRun;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.lab.networks.OnnxRuntime;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Models;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What decode and export make of an encoded network runs in ONNX Runtime, and gives the same. */
class OnnxExportTest {
  private static final int[] SHAPE = {3, 200};

  @TempDir private Path folder;

  private static OnnxTensor weights(String name, Long... shape) {
    long count = 1;
    for (long size : shape) {
      count *= size;
    }
    return OnnxTensor.of(name, List.of(shape), floats(name.hashCode(), (int) count));
  }

  /** MatMul, Gemm with a bias, and a convolution over its outputs. */
  private Path encoded(Object... options) throws Exception {
    Graph graph =
        Models.graph(
            List.of("x"),
            List.of("y"),
            List.of(
                Models.node("MatMul", "x w", "a"),
                Models.node("Relu", "a", "b"),
                Models.node("Gemm", "b v c", "d", Map.of("transB", new Attribute.Int(1))),
                Models.node("Reshape", "d s", "e"),
                Models.node("Conv", "e k", "y")),
            weights("w", 200L, 40L),
            weights("v", 24L, 40L),
            weights("c", 24L),
            OnnxTensor.of("s", List.of(4L), 3L, 4L, 3L, 2L),
            weights("k", 5L, 4L, 2L, 2L));
    Path dense = Files.write(folder.resolve("dense.onnx"), Models.model(17, graph).toBytes());
    Path encoded = folder.resolve("encoded.bie.safetensors");
    List<Object> words = new ArrayList<>(List.of("encode", "--input", dense, "--output", encoded));
    words.addAll(List.of(options));
    CommandRun.ok(words.toArray());
    return encoded;
  }

  private static float[] own(Path network, float[] x) throws Exception {
    try (Network opened = Network.open(network)) {
      return opened.run(Tensor.of(SHAPE, x)).floats();
    }
  }

  private static float[] onnxRuntime(Path model, float[] x) {
    try (var runtime = new OnnxRuntime(model, 1)) {
      return runtime.run(Map.of("x", Tensor.of(SHAPE, x))).firstEntry().getValue().floats();
    }
  }

  private static void requireNear(float[] actual, float[] expected) {
    float largest = 0;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], Offset.offset(largest * 1e-5f));
    }
  }

  @Test
  void aDecodedNetworkRuns() throws Exception {
    Path encoded = encoded("--bits", 4);
    Path decoded = folder.resolve("decoded.onnx");
    CommandRun.ok("decode", "--input", encoded, "--output", decoded);
    float[] x = floats(1, 600);
    float[] expected = own(encoded, x);
    requireNear(onnxRuntime(decoded, x), expected);
    requireNear(own(decoded, x), expected);
  }

  @ParameterizedTest
  @CsvSource({
    "bitplane, 2, 2",
    "bitplane, 3, 2",
    "bitplane, 4, 2",
    "bitplane, 8, 2",
    "ternary, 0, 2",
  })
  void anExportedNetworkRuns(String code, int bits, int products) throws Exception {
    Path encoded =
        bits == 0 ? encoded("--encoding", code) : encoded("--encoding", code, "--bits", bits);
    Path exported = folder.resolve("exported.onnx");
    String out =
        CommandRun.ok("export", "--format", "onnx", "--input", encoded, "--output", exported).out();
    assertThat(out).contains(products + " products as MatMulNBits");
    float[] x = floats(1, 600);
    requireNear(onnxRuntime(exported, x), own(encoded, x));
  }
}
