package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.io.GgufBuilder;
import org.bitindex.io.GgufFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ternary weights of BitNet's files are taken bit for bit where a row has one scale. */
class TernaryGgufTest {
  private static final int ROWS = 5;
  private static final int BLOCKS = 2;
  private static final int BLOCK = 256;
  private static final int TQ2_0 = 35;
  private static final int TQ2_0_BYTES = 66;

  @TempDir private Path folder;

  private final int[][] q = new int[ROWS][BLOCKS * BLOCK];
  private final short[] scales = new short[ROWS];

  private Path write() throws IOException {
    var random = new Random(3);
    byte[] bytes = new byte[ROWS * BLOCKS * TQ2_0_BYTES];
    for (int row = 0; row < ROWS; row++) {
      scales[row] = Float.floatToFloat16((float) Math.exp(random.nextGaussian() * 3));
      for (int j = 0; j < BLOCKS * BLOCK; j++) {
        q[row][j] = random.nextInt(3) - 1;
        int at = (row * BLOCKS + j / BLOCK) * TQ2_0_BYTES;
        int i = j % BLOCK;
        bytes[at + i / 128 * 32 + i % 32] |= (byte) ((q[row][j] + 1) << (i % 128 / 32 * 2));
        bytes[at + 64] = (byte) scales[row];
        bytes[at + 65] = (byte) (scales[row] >> 8);
      }
    }
    return new GgufBuilder()
        .tensor("blk.0.ffn_up.weight", TQ2_0, bytes, BLOCKS * BLOCK, ROWS)
        .write(folder.resolve("bitnet.gguf"));
  }

  @Test
  void integersAndScalesAreThoseOfTheFile() throws IOException {
    var ternary = new Coding.MinMax(_ -> new Code.Ternary(0, 0));
    var recipe = new Recipe(0, ternary, ScaleMode.ROW, new Layout.Adaptive(), 1);
    try (GgufFile file = GgufFile.open(write())) {
      Weights weights = file.matrix("model.layers.0.mlp.up_proj.weight");
      try (EncodedMatrix encoded = recipe.encode(weights)) {
        int[] integers = new int[BLOCKS * BLOCK];
        float[] expected = new float[BLOCKS * BLOCK];
        float[] actual = new float[BLOCKS * BLOCK];
        for (int row = 0; row < ROWS; row++) {
          encoded.readIntegers(row, integers);
          assertThat(integers).as("row %d", row).isEqualTo(q[row]);
          assertThat(encoded.scale(row)).isEqualTo(Float.float16ToFloat(scales[row]));
          weights.readRow(row, expected);
          encoded.readRow(row, actual);
          assertThat(actual).as("row %d", row).isEqualTo(expected);
        }
      }
    }
  }
}
