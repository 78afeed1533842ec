package org.bitindex.lab.decoders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Random;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GgufWriterTest {
  private static final int ROWS = 3;
  private static final int COLUMNS = 512;

  @TempDir Path folder;

  private record Matrix(int rows, int columns, boolean ternary) implements Weights {
    @Override
    public void readRow(int row, float[] target) {
      var random = new Random(row);
      for (int j = 0; j < columns; j++) {
        float w = (float) random.nextGaussian();
        target[j] = ternary ? 0.5f * Math.round(Math.clamp(w, -1, 1)) : w;
      }
    }
  }

  /** How far a weight may be from what was written, in the largest magnitude of its block. */
  private static float error(GgufType type) {
    return switch (type) {
      case F32, TQ2_0 -> 0;
      case Q8_0 -> 0.51f / 127;
      case Q4_0 -> 1.01f / 8; // the far end has no level of its own
    };
  }

  @ParameterizedTest
  @EnumSource(GgufType.class)
  void whatIsWrittenIsReadAgain(GgufType type) throws Exception {
    Path path = folder.resolve("m.gguf");
    var weights = new Matrix(ROWS, COLUMNS, type == GgufType.TQ2_0);
    new GgufWriter()
        .value("general.architecture", "llama")
        .value("count", 7)
        .value("share", 0.5f)
        .matrix("blk.0.attn_q.weight", type, weights)
        .vector("output_norm.weight", new float[] {1, 2, 3})
        .write(path);
    try (DenseFile file = DenseFile.open(path)) {
      assertThat(file.tensor("model.norm.weight").floats()).containsExactly(1, 2, 3);
      Weights read = file.matrix("model.layers.0.self_attn.q_proj.weight");
      assertThat(read.rows()).isEqualTo(ROWS);
      float[] expected = new float[COLUMNS];
      float[] actual = new float[COLUMNS];
      for (int i = 0; i < ROWS; i++) {
        weights.readRow(i, expected);
        read.readRow(i, actual);
        for (int j = 0; j < COLUMNS; j++) {
          float most = largest(expected, j / type.weights() * type.weights(), type.weights());
          assertThat(Math.abs(actual[j] - expected[j]))
              .describedAs("%s row %d column %d: %s for %s", type, i, j, actual[j], expected[j])
              .isLessThanOrEqualTo(error(type) * most + 1e-3f * most * Math.signum(error(type)));
        }
      }
    }
  }

  private static float largest(float[] w, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(w[i]));
    }
    return largest;
  }

  @Test
  void rowsThatAreNoWholeBlocksAreRefused() {
    assertThatThrownBy(() -> new GgufWriter().matrix("m", GgufType.Q4_0, new Matrix(1, 33, false)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("m has 33 columns, q4_0 has blocks of 32");
  }
}
