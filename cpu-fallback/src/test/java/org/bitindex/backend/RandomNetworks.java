package org.bitindex.backend;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitindex.Fuzz;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Random networks, codes, layouts and batches, on any backends. A case is a network with two
 * batches: one sample, and several.
 *
 * <p>Java runs vectors wider than the machine's one lane at a time, a hundred times slower. So most
 * cases are small; one in 512 is large enough for tiles, groups and parts of rows to be several.
 */
public final class RandomNetworks {
  private RandomNetworks() {}

  /** Fails where the products of one network differ from the scalar backend's. */
  public static void check(long seed, List<? extends Backend> backends) {
    check(seed, backends, 0);
  }

  /**
   * The same with larger batches, for backends to which samples cost little.
   *
   * @param samples what the larger batch of a small network may have
   */
  public static void check(long seed, List<? extends Backend> backends, int samples) {
    check(Fuzz.random(seed), backends, samples);
  }

  private static void check(Random random, List<? extends Backend> backends, int samples) {
    int most = mostRows(random);
    List<Linear> layers = layers(random, most);
    try {
      int activationBits = random.nextInt(3) == 0 ? 24 : 2 + random.nextInt(23);
      int batch = 2 + random.nextInt(Math.max(most / 10, samples));
      int columns = layers.getFirst().weights().columns();
      float[] one = RandomProducts.samples(random, 1, columns);
      float[] several = RandomProducts.samples(random, batch, columns);
      float[][] expected = execute(new ScalarBackend(), layers, activationBits, one, several);
      for (Backend backend : backends) {
        float[][] actual = execute(backend, layers, activationBits, one, several);
        for (int i = 0; i < expected.length; i++) {
          String what =
              "%s, %s, %d activation bits, batch %d"
                  .formatted(
                      backend.description(),
                      layers.stream().map(Linear::weights).toList(),
                      activationBits,
                      i == 0 ? 1 : batch);
          requireEqualBits(expected[i], actual[i], what);
        }
      }
    } finally {
      layers.forEach(layer -> layer.weights().close());
    }
  }

  private static void requireEqualBits(float[] expected, float[] actual, String what) {
    for (int i = 0; i < expected.length; i++) {
      int expectedBits = Float.floatToIntBits(expected[i]);
      int actualBits = Float.floatToIntBits(actual[i]);
      if (expectedBits != actualBits) {
        fail("%s: output %d is %08x, expected %08x".formatted(what, i, actualBits, expectedBits));
      }
    }
  }

  /** The outputs of each batch, by one plan. */
  private static float[][] execute(
      Backend backend, List<Linear> layers, int activationBits, float[]... batches) {
    try (Plan plan = backend.plan(layers, activationBits)) {
      float[][] outputs = new float[batches.length][];
      for (int i = 0; i < batches.length; i++) {
        int batch = batches[i].length / plan.inputColumns();
        outputs[i] = new float[batch * plan.outputColumns()];
        plan.execute(batches[i], batch, outputs[i]);
      }
      return outputs;
    }
  }

  /** One to three layers: each shape is met by some seed. */
  private static List<Linear> layers(Random random, int most) {
    List<Linear> layers = new ArrayList<>();
    int depth = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
    int columns = size(random, most);
    for (int i = 0; i < depth; i++) {
      int rows = size(random, most);
      EncodedMatrix weights =
          RandomProducts.weights(random, rows, columns, code(random), layout(random));
      float[] bias = new float[rows];
      for (int row = 0; row < rows; row++) {
        bias[row] = random.nextInt(4) == 0 ? -0f : (float) random.nextGaussian();
      }
      Activation activation = random.nextBoolean() ? Activation.RELU : Activation.NONE;
      layers.add(random.nextBoolean() ? new Linear(weights, bias, activation) : Linear.of(weights));
      columns = rows;
    }
    return layers;
  }

  /** About how many rows and columns a case has at most. */
  private static int mostRows(Random random) {
    int kind = random.nextInt(512);
    return kind == 0 ? 700 : kind < 64 ? 130 : 30;
  }

  private static int size(Random random, int most) {
    return switch (random.nextInt(8)) {
      case 0 -> 1 + random.nextInt(4);
      case 1 -> 64 * (1 + random.nextInt(1 + most / 120)) + random.nextInt(3) - 1;
      case 2 -> 120 * (1 + random.nextInt(1 + most / 120)) + random.nextInt(3) - 1;
      default -> 1 + random.nextInt(most);
    };
  }

  private static Code code(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> new Code.Binary(0f);
      case 1 -> new Code.Ternary(0f, 0f);
      case 2 -> new Code.Affine(1 + random.nextInt(8));
      default -> new Code.Symmetric(2 + random.nextInt(7));
    };
  }

  private static Layout layout(Random random) {
    return switch (random.nextInt(3)) {
      case 0 -> new Layout.Flat();
      case 1 -> new Layout.Blocked(64 * (1 + random.nextInt(8)));
      default -> new Layout.Adaptive();
    };
  }
}
