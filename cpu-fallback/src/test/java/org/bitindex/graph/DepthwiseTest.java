package org.bitindex.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bitindex.onnx.Models.floats;
import static org.bitindex.onnx.Models.graph;
import static org.bitindex.onnx.Models.model;
import static org.bitindex.onnx.Models.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DepthwiseTest {
  private static final int CHANNELS = 3;
  private static final int MULTIPLIER = 2;
  private static final int[] KERNEL = {3, 2};
  private static final int[] INPUT = {9, 8};
  private static final List<Long> SHAPE = List.of((long) CHANNELS * MULTIPLIER, 1L, 3L, 2L);

  private static final float[] WEIGHTS = floats(1, CHANNELS * MULTIPLIER * 6);
  private static final Tensor X =
      Tensor.of(new int[] {2, CHANNELS, INPUT[0], INPUT[1]}, floats(2, 2 * CHANNELS * 72));

  private static Model conv(int[] strides, int[] dilations, int[] pads) {
    Map<String, Attribute> attributes =
        Map.of(
            "group", new Attribute.Int(CHANNELS),
            "strides", ints(strides),
            "dilations", ints(dilations),
            "pads", ints(pads));
    return model(
        17,
        graph(
            List.of("x"),
            List.of("y"),
            List.of(node("Conv", "x w", "y", attributes)),
            OnnxTensor.of("w", SHAPE, WEIGHTS)));
  }

  private static Attribute ints(int[] values) {
    return new Attribute.Ints(java.util.Arrays.stream(values).asLongStream().toArray());
  }

  /** The definition: sums over the window in its order, what is in the padding left out. */
  private static float sum(
      int sample, int output, int y, int x, int[] strides, int[] dilations, int[] pads) {
    int channel = (sample * CHANNELS + output / MULTIPLIER) * INPUT[0] * INPUT[1];
    float sum = 0;
    for (int i = 0; i < KERNEL[0]; i++) {
      for (int j = 0; j < KERNEL[1]; j++) {
        int row = y * strides[0] - pads[0] + i * dilations[0];
        int column = x * strides[1] - pads[1] + j * dilations[1];
        if (row >= 0 && row < INPUT[0] && column >= 0 && column < INPUT[1]) {
          float weight = WEIGHTS[output * 6 + i * 2 + j];
          sum = Math.fma(weight, X.floats()[channel + row * INPUT[1] + column], sum);
        }
      }
    }
    return sum;
  }

  private static void requireDefinition(int[] strides, int[] dilations, int[] pads) {
    try (Network network =
        Network.of(conv(strides, dilations, pads), Map.of(), NetworkOptions.dense())) {
      Tensor out = network.run(X);
      int at = 0;
      for (int n = 0; n < 2; n++) {
        for (int o = 0; o < CHANNELS * MULTIPLIER; o++) {
          for (int y = 0; y < out.size(2); y++) {
            for (int x = 0; x < out.size(3); x++) {
              assertThat(out.floats()[at++]).isEqualTo(sum(n, o, y, x, strides, dilations, pads));
            }
          }
        }
      }
      assertThat(at).isEqualTo(out.length()).isPositive();
    }
  }

  @Test
  void sumsAreThoseOfTheDefinition() {
    int[] one = {1, 1};
    requireDefinition(one, one, new int[] {0, 0, 0, 0});
    requireDefinition(one, one, new int[] {1, 1, 2, 0});
    requireDefinition(new int[] {2, 3}, one, new int[] {2, 1, 0, 3});
    requireDefinition(one, new int[] {2, 3}, new int[] {0, 4, 1, 2});
    // A window that is in the padding altogether.
    requireDefinition(new int[] {1, 2}, one, new int[] {4, 5, 3, 6});
  }

  @Test
  void encodedWeightsRun(@TempDir Path folder) throws IOException {
    int[] one = {1, 1};
    Model dense = conv(one, one, new int[] {1, 1, 1, 1});
    Path onnx = Files.write(folder.resolve("m.onnx"), dense.toBytes());
    Path encoded = folder.resolve("m.bie.safetensors");
    float[] decoded = new float[WEIGHTS.length];
    var encoder = new Encoder(new Code.Symmetric(5), ScaleMode.ROW, new Layout.Adaptive());
    try (OnnxFile file = OnnxFile.open(onnx)) {
      assertThat(file.matrices()).isEmpty();
      assertThat(file.otherMatrices()).containsOnlyKeys("w");
      try (EncodedMatrix w = encoder.encode(file.matrix("w"))) {
        float[] row = new float[6];
        for (int i = 0; i < w.rows(); i++) {
          w.readRow(i, row);
          System.arraycopy(row, 0, decoded, i * 6, 6);
        }
      }
      new ModelWriter()
          .graph(file.graph())
          .use("w", file.use("w"))
          .add("w", () -> encoder.encode(file.matrix("w")))
          .write(encoded, IfExists.REFUSE);
    }
    assertThat(decoded).isNotEqualTo(WEIGHTS);
    float[] expected = run(Map.of("x", X), onnxWith(dense, decoded, folder));
    assertThat(run(Map.of("x", X), encoded)).isEqualTo(expected);
  }

  private static Path onnxWith(Model dense, float[] weights, Path folder) throws IOException {
    var graph =
        graph(
            List.of("x"), List.of("y"), dense.graph().nodes(), OnnxTensor.of("w", SHAPE, weights));
    return Files.write(folder.resolve("decoded.onnx"), model(17, graph).toBytes());
  }

  private static float[] run(Map<String, Tensor> inputs, Path file) throws IOException {
    try (Network network = Network.open(file)) {
      return network.run(inputs).firstEntry().getValue().floats();
    }
  }
}
