package org.bitindex.tornado;

import java.util.List;
import java.util.random.RandomGenerator;
import org.bitindex.backend.Linear;
import org.bitindex.code.Code;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.PowersOfTwo;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Weights in a form that is chosen, for programs that measure: {@code lines} that are looked up,
 * lines on {@code tensor} cores, or {@code entries} that gather.
 */
record ChosenForm(DeviceWeights weights, boolean tensorCores) {
  static ChosenForm of(String name, EncodedMatrix matrix) {
    return new ChosenForm(
        name.equals("entries") ? DeviceWeights.entries(matrix) : DeviceWeights.lines(matrix),
        name.equals("tensor"));
  }

  long bytes() {
    return DeviceMemory.bytes(weights.arrays());
  }

  /** A plan of {@code matrix}, of which these are the weights. */
  TornadoPlan plan(EncodedMatrix matrix, int activationBits, TornadoBackend backend) {
    Linear linear = Linear.of(matrix);
    DeviceLayer layer = DeviceLayer.of(linear, activationBits, weights, tensorCores);
    var chain = new DeviceChain(List.of(layer), PowersOfTwo.table(), new FloatArray(1));
    return new TornadoPlan(List.of(linear), chain, backend);
  }

  /** Integers of a code, all nonzero ones as often, with a share of zeros. */
  static void fill(
      float[] values, int from, int to, Code code, double zeros, RandomGenerator random) {
    for (int i = from; i < to; i++) {
      boolean zero = random.nextDouble() < zeros;
      int sign = code.lowest() < 0 && random.nextBoolean() ? -1 : 1;
      values[i] = zero ? 0 : sign * (1 + random.nextInt(code.highest()));
    }
  }
}
