package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bitindex.backend.Activation;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.RandomProducts;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.baseline.TornadoBaseline;
import org.bitindex.tornado.device.TornadoTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every kernel on shapes so small that a simulator of devices can run them; see docs/devices.md.
 */
@RequiresDevice
class EveryKernelTest {
  /** No multiple of what a work-group has of each, so that groups are partly idle. */
  private static final int ROWS = 63;

  private static final int COLUMNS = 65;
  private static final int FEW = 3;
  private static final int MANY = 33;

  private final Random random = new Random(1);
  private final TornadoTarget target = new TornadoDevices().find("", 2);
  private final TornadoBackend backend = new TornadoBackend(target);

  private DenseMatrix weights(double density) {
    return weights(density, COLUMNS);
  }

  private DenseMatrix weights(double density, int columns) {
    float[] values = new float[ROWS * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0f;
    }
    return DenseMatrix.of(ROWS, columns, values);
  }

  /** Affine codes have offsets; all have bias and ReLU. */
  @ParameterizedTest
  @CsvSource({
    "0.5, Lines, 24, affine8", // integers that are no signed bytes: look-ups on every device
    "0.5, Lines, 8, affine8",
    "0.5, Lines, 24, affine2",
    "0.9, Lines, 24, symmetric8",
    "0.02, Entries, 24, symmetric3",
    "0.02, Entries, 8, binary"
  })
  void products(double density, String form, int bits, String label) {
    Code code = Code.parse(label);
    try (EncodedMatrix matrix =
        new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), 1).encode(weights(density))) {
      List<Linear> layers = List.of(new Linear(matrix, new float[ROWS], Activation.RELU));
      DeviceChain chain = DeviceChain.of(layers, bits, backend.hasTensorCores());
      assertThat(chain.layers().getFirst().weights().getClass().getSimpleName()).isEqualTo(form);
      try (Plan reference = new ScalarBackend().plan(layers, bits);
          Plan plan = backend.plan(layers, bits)) {
        for (int batch : new int[] {FEW, MANY}) {
          float[] input = RandomProducts.samples(random, batch, COLUMNS);
          float[] expected = new float[batch * ROWS];
          float[] actual = new float[batch * ROWS];
          reference.execute(input, batch, expected);
          plan.execute(input, batch, actual);
          assertThat(actual).isEqualTo(expected);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void baselines(DeviceBackend.BaselineFormat format) {
    int columns = 119; // tiles reach further than the group of columns
    for (int batch : new int[] {FEW, MANY}) {
      float[] input = new float[batch * columns];
      Arrays.fill(input, 1f);
      float[] output = new float[batch * ROWS];
      DenseMatrix weights = weights(0.5, columns);
      try (TornadoBaseline baseline = backend.baseline(format, weights, batch)) {
        baseline.multiply(input, output);
      }
      float[] row = new float[columns];
      weights.readRow(ROWS - 1, row);
      double sum = IntStream.range(0, columns).mapToDouble(j -> row[j]).sum();
      assertThat((double) output[output.length - 1]).isBetween(sum - 0.4, sum + 0.4);
    }
  }

  @Test
  void encoder() {
    var code = new Code.Ternary(-1f, 1f);
    DenseMatrix weights = weights(0.5);
    try (Arena arena = Arena.ofConfined();
        TornadoEncoder encoder = backend.encoder(code, COLUMNS)) {
      var planes =
          List.of(new BitMatrix(ROWS, COLUMNS, arena), new BitMatrix(ROWS, COLUMNS, arena));
      encoder.quantize(weights, _ -> Quantizer.ternary(code), planes);
      float[] row = new float[COLUMNS];
      weights.readRow(ROWS - 1, row);
      long[] words = new long[BitMatrix.wordsPerRow(COLUMNS)];
      planes.getFirst().readRow(ROWS - 1, words);
      for (int j = 0; j < COLUMNS; j++) {
        assertThat(words[j / 64] >>> j & 1).as("column %d", j).isEqualTo(row[j] > 1f ? 1 : 0);
      }
    }
  }
}
