package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.onnx.DataType;
import org.bitindex.onnx.OnnxTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How matrices stood in their file is kept, and undone where they are decoded. */
class MatrixUseTest {
  private static final List<Long> BATCH = List.of(2L, 2L, 3L);

  private static final MatrixUse FIRST =
      new MatrixUse("t", BATCH, 0, false, 1, List.of("/a", "/b"));
  private static final MatrixUse SECOND = new MatrixUse("t", BATCH, 1, false, 1, List.of());

  /** The other orientation of t, which is decoded from the first. */
  private static final MatrixUse TURNED = new MatrixUse("t", BATCH, 0, true, 1, List.of());

  private static final MatrixUse GEMM =
      new MatrixUse("w", List.of(), 0, true, 0.5f, List.of("/a", "plain"));

  @TempDir private Path folder;

  /** Ones and zeros, which are encoded exactly, times a scale. */
  private static EncodedMatrix encoded(int rows, int columns, float scale) {
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i + rows) % 3 == 0 ? scale : 0;
    }
    return new Encoder(new Code.Binary(0), ScaleMode.TENSOR, new Layout.Flat(), 1)
        .encode(DenseMatrix.of(rows, columns, values));
  }

  private ModelFile file() throws IOException {
    Path path = folder.resolve("m.safetensors");
    try (EncodedMatrix first = encoded(2, 3, 1);
        EncodedMatrix second = encoded(2, 3, 2);
        EncodedMatrix turned = encoded(3, 2, 1);
        EncodedMatrix gemm = encoded(3, 2, 4);
        EncodedMatrix plain = encoded(1, 3, 1)) {
      new ModelWriter()
          .add("second", second)
          .use("second", SECOND)
          .add("first", first)
          .use("first", FIRST)
          .add("turned", turned)
          .use("turned", TURNED)
          .add("gemm", gemm)
          .use("gemm", GEMM)
          .add("plain", plain)
          .use("plain", MatrixUse.plain("plain"))
          .write(path, IfExists.REFUSE);
    }
    return ModelFile.open(path);
  }

  @Test
  void usesComeBack() throws IOException {
    try (ModelFile file = file()) {
      assertThat(file.use("first")).isEqualTo(FIRST);
      assertThat(file.use("second")).isEqualTo(SECOND);
      assertThat(file.use("turned")).isEqualTo(TURNED);
      assertThat(file.use("gemm")).isEqualTo(GEMM);
      assertThat(file.use("plain")).isEqualTo(MatrixUse.plain("plain"));
      try (SafetensorsFile stored = SafetensorsFile.open(file.path())) {
        assertThat(ModelFile.describes(stored)).isTrue();
        assertThat(stored.metadata().get(ModelFormat.DESCRIPTION))
            .containsOnlyOnce("\"transposed\":true,\"factor\"")
            .containsOnlyOnce("\"factor\":0.5")
            .containsOnlyOnce("\"index\":1")
            .doesNotContain("\"of\":\"plain\"", "\"index\":0", "\"aliases\":[]", "\"shape\":[]");
      }
    }
  }

  @Test
  void aliasesAreNamesOfNoOtherMatrix() throws IOException {
    try (ModelFile file = file()) {
      assertThat(file.matrix("/b")).isSameAs(file.matrix("first"));
      assertThat(file.matrix("/a")).as("the first of two").isSameAs(file.matrix("first"));
      assertThat(file.matrix("plain").rows()).as("a name goes before an alias").isEqualTo(1);
      assertThat(file.matrices()).containsOnlyKeys("second", "first", "turned", "gemm", "plain");
    }
  }

  @Test
  void tensorsAreDecodedAsTheyLay() throws IOException {
    try (ModelFile file = file()) {
      assertThat(file.decoded()).containsOnlyKeys("t", "w", "plain");
      DecodedTensor t = decoded(file, "t");
      assertThat(t.shape()).isEqualTo(BATCH);
      assertThat(Rows.of(t.rows()))
          .isDeepEqualTo(new float[][] {{0, 1, 0}, {0, 1, 0}, {0, 2, 0}, {0, 2, 0}});
      DecodedTensor w = decoded(file, "w");
      assertThat(w.shape()).containsExactly(2L, 3L);
      assertThat(Rows.of(w.rows())).isDeepEqualTo(new float[][] {{8, 0, 0}, {0, 8, 0}});
      assertThat(decoded(file, "plain").shape()).containsExactly(1L, 3L);
    }
  }

  @Test
  void aDecodedTensorHasTheTypeThatIsAskedForWhereItIsAFloatingOne() throws IOException {
    try (ModelFile file = file()) {
      OnnxTensor half = decoded(file, "t").toOnnx(DataType.FLOAT16);
      assertThat(half.type()).isEqualTo(DataType.FLOAT16);
      assertThat(half.shape()).isEqualTo(BATCH);
      assertThat(half.floats()).containsExactly(0, 1, 0, 0, 1, 0, 0, 2, 0, 0, 2, 0);
      assertThat(decoded(file, "w").toOnnx(DataType.INT64).type()).isEqualTo(DataType.FLOAT);
    }
  }

  private static DecodedTensor decoded(ModelFile file, String name) {
    return Objects.requireNonNull(file.decoded().get(name));
  }

  @Test
  void matricesAreBesideEachOtherWhereTheyAreReadAlike() {
    assertThat(FIRST.isBeside(SECOND)).isTrue();
    var others =
        IntStream.range(0, 4)
            .mapToObj(i ->
                new MatrixUse(
                    i == 0 ? "u" : "t",
                    i == 1 ? List.of(4L, 3L) : BATCH,
                    0,
                    i == 2,
                    i == 3 ? 2 : 1,
                    List.of()));
    assertThat(others).noneMatch(FIRST::isBeside);
  }

  @Test
  void factorsAndNumbersThatAreNoneAreRefused() {
    for (float factor : new float[] {0, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new MatrixUse("t", BATCH, 0, false, factor, List.of()))
          .withMessage("factor is " + factor + ", must be finite and not zero");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new MatrixUse("t", BATCH, -1, false, 1, List.of()))
        .withMessage("index is -1, must be at least 0");
  }
}
