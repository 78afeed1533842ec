package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.stream.IntStream;
import org.bitindex.backend.RandomProducts;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceWeightsTest {
  @ParameterizedTest
  @CsvSource({
    "0.001,true,true",
    "0.03,true,true",
    "0.08,true,false",
    "0.1,false,false",
    "1,false,false"
  })
  void weightsOfWhichMostAreZeroBecomeEntries(double density, boolean sparse, boolean onTensors) {
    var random = new Random(1);
    float[] values = new float[64 * 1000];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < density ? 1f : 0f;
    }
    var encoder = new Encoder(new Code.Binary(0f), ScaleMode.NONE, new Layout.Adaptive(), 1);
    try (EncodedMatrix weights = encoder.encode(DenseMatrix.of(64, 1000, values))) {
      assertThat(DeviceWeights.of(weights, false) instanceof DeviceWeights.Entries)
          .isEqualTo(sparse);
      assertThat(DeviceWeights.of(weights, true) instanceof DeviceWeights.Entries)
          .isEqualTo(onTensors);
    }
  }

  @Test
  void linesAreTheDigitsOfTheIntegersAndOnesWhereThereAreOffsets() {
    for (Code code :
        new Code[] {
          new Code.Binary(0f), new Code.Ternary(0f, 0f), new Code.Affine(8), new Code.Symmetric(8)
        }) {
      try (EncodedMatrix weights =
          RandomProducts.weights(new Random(1), 5, 65, code, new Layout.Flat())) {
        DeviceWeights.Lines lines = DeviceWeights.lines(weights);
        int digits = lines.coefficients().length;
        int[] row = new int[65];
        for (int i = 0; i < 5; i++) {
          weights.readIntegers(i, row);
          for (int j = 0; j < 65; j++) {
            int line = i;
            int column = j;
            int q =
                IntStream.range(0, digits)
                    .map(p -> lines.coefficients()[p] * bit(lines, p * 8 + line, column))
                    .sum();
            assertThat(q).as("%s, row %d, column %d", code, i, j).isEqualTo(row[j]);
            if (weights.offsets() != null) {
              assertThat(bit(lines, digits * 8, j)).isEqualTo(1);
            }
          }
        }
      }
    }
  }

  @Test
  void entriesAreTheWeightsThatAreNotZero() {
    for (Code code :
        new Code[] {new Code.Binary(0f), new Code.Ternary(0f, 0f), new Code.Symmetric(8)}) {
      float[] values = new float[5 * 600];
      var random = new Random(1);
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(4) == 0 ? (float) random.nextGaussian() : 0f;
      }
      var encoder = new Encoder(code, ScaleMode.ROW, new Layout.Flat(), 1);
      try (EncodedMatrix weights = encoder.encode(DenseMatrix.of(5, 600, values))) {
        DeviceWeights.Entries entries = DeviceWeights.entries(weights);
        int[] row = new int[600];
        for (int i = 0; i < 5; i++) {
          weights.readIntegers(i, row);
          assertThat(row(entries, i)).as("%s, row %d", code, i).isEqualTo(row);
        }
      }
    }
  }

  private static int[] row(DeviceWeights.Entries entries, int i) {
    int[] row = new int[600];
    int width = 1 << (16 - entries.digits());
    for (int b = 0; b < entries.blocks(); b++) {
      int block = i * entries.blocks() + b;
      for (int at = entries.offsets().get(block); at < entries.offsets().get(block + 1); at++) {
        int pair = entries.pairs().get(at);
        for (int entry : new int[] {pair & 0xffff, pair >>> 16}) {
          int q = (entry & ((1 << entries.digits()) - 1)) + entries.lowest();
          row[b * width + (entry >> entries.digits())] += q;
        }
      }
    }
    return row;
  }

  private static int bit(DeviceWeights.Lines lines, int line, int column) {
    int word = lines.words().getArray().get(column / 30 * lines.stride() + line);
    return word >>> column % 30 & 1;
  }
}
