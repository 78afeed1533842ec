package org.bitindex.io;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxFileTest {
  @TempDir Path folder;

  /** y = relu(x B1 + b1) B2^T + b2, and an embedding. */
  static byte[] model() {
    return OnnxBuilder.model(
        OnnxBuilder.initializer("onnx::MatMul_1", OnnxBuilder.rawFloats(1, 2, 3, 4, 5, 6), 2, 3),
        OnnxBuilder.initializer("b1", OnnxBuilder.floatData(7, 8, 9), 3),
        OnnxBuilder.initializer("w2", OnnxBuilder.rawFloats(1, 2, 3), 1, 3),
        OnnxBuilder.initializer("b2", OnnxBuilder.rawFloats(5), 1),
        OnnxBuilder.initializer("embedding", OnnxBuilder.rawFloats(1, 2), 2, 1),
        OnnxBuilder.integers("shape", 3, -1),
        OnnxBuilder.node("/fc1/MatMul", "MatMul", List.of("x", "onnx::MatMul_1"), "h", 0),
        OnnxBuilder.node("/fc1/Add", "Add", List.of("b1", "h"), "a", 0),
        OnnxBuilder.node("/fc2/Gemm", "Gemm", List.of("a", "w2", "b2"), "y", 1));
  }

  @Test
  void namesMatricesByTheirNodesAndTurnsThem() throws Exception {
    Path path = Files.write(folder.resolve("a.onnx"), model());
    try (OnnxFile file = OnnxFile.open(path)) {
      assertThat(file.matrices().keySet()).containsExactly("/fc1/MatMul", "/fc2/Gemm", "embedding");
      assertThat(Rows.of(file.matrix("/fc1/MatMul")))
          .isDeepEqualTo(new float[][] {{1, 4}, {2, 5}, {3, 6}});
      assertThat(Rows.of(file.matrix("/fc2/Gemm"))).isDeepEqualTo(new float[][] {{1, 2, 3}});
      assertThat(requireNonNull(file.bias("/fc1/MatMul")).floats()).containsExactly(7, 8, 9);
      assertThat(requireNonNull(file.bias("/fc2/Gemm")).floats()).containsExactly(5);
      assertThat(file.bias("embedding")).isNull();
      assertThat(file.tensor("shape").longs()).containsExactly(3, -1);
      assertThat(file.tensor("onnx::MatMul_1").shape()).containsExactly(2L, 3L);
      assertThat(file.tensorsWithout(List.of("/fc1/MatMul", "embedding")))
          .extracting(Tensor::name)
          .containsExactly("b1", "w2", "b2", "shape");
    }
  }

  @Test
  void refusesEveryTruncation() throws Exception {
    byte[] whole = model();
    Path path = folder.resolve("cut.onnx");
    for (int length = 0; length < whole.length; length++) {
      Files.write(path, Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> OnnxFile.open(path)).isInstanceOf(EncodedFormatException.class);
    }
  }

  @Test
  void refusesExternalDataAndWrongSizesNamingTheTensor() throws Exception {
    refuses(
        OnnxBuilder.model(OnnxBuilder.external("far")),
        "tensor far: its data lies in another file, which is not supported");
    refuses(
        OnnxBuilder.model(OnnxBuilder.initializer("w", OnnxBuilder.rawFloats(1, 2), 3)),
        "tensor w has 8 bytes, F32 of shape [3] has 12");
    refuses(
        OnnxBuilder.model(OnnxBuilder.initializer("w", OnnxBuilder.rawFloats(1), -1)),
        "shape [-1] is negative");
    refuses(
        OnnxBuilder.model(
            OnnxBuilder.initializer("w", OnnxBuilder.rawFloats(1), 1),
            OnnxBuilder.initializer("w", OnnxBuilder.rawFloats(1), 1)),
        "tensor w: appears twice");
    refuses("not a model".getBytes(java.nio.charset.StandardCharsets.UTF_8), "not an ONNX model");
    refuses(new byte[0], "it has no graph");
  }

  private void refuses(byte[] model, String message) throws Exception {
    Path path = Files.write(folder.resolve("bad.onnx"), model);
    assertThatThrownBy(() -> OnnxFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message);
  }
}
