package org.bitindex.backend;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;

/** Random networks, codes, layouts and batches, on any backends. */
public final class RandomNetworks {
  private RandomNetworks() {}

  /** Fails where the products of one random network differ from the scalar backend's. */
  public static void check(long seed, List<? extends Backend> backends) {
    check(new Random(seed * 0x9e3779b97f4a7c15L), backends);
  }

  private static void check(Random random, List<? extends Backend> backends) {
    List<Linear> layers = layers(random);
    try {
      int activationBits = random.nextInt(3) == 0 ? 24 : 2 + random.nextInt(23);
      int batch = random.nextInt(3) == 0 ? 1 : 1 + random.nextInt(70);
      int columns = layers.getFirst().weights().columns();
      float[] input = RandomProducts.samples(random, batch, columns);
      float[] expected = execute(new ScalarBackend(), layers, activationBits, input, batch);
      for (Backend backend : backends) {
        float[] actual = execute(backend, layers, activationBits, input, batch);
        for (int i = 0; i < expected.length; i++) {
          int expectedBits = Float.floatToIntBits(expected[i]);
          int actualBits = Float.floatToIntBits(actual[i]);
          if (expectedBits != actualBits) {
            fail(
                "%s, %s, %d activation bits, batch %d: output %d is %08x, expected %08x"
                    .formatted(
                        backend.description(),
                        layers.stream().map(Linear::weights).toList(),
                        activationBits,
                        batch,
                        i,
                        actualBits,
                        expectedBits));
          }
        }
      }
    } finally {
      layers.forEach(layer -> layer.weights().close());
    }
  }

  private static float[] execute(
      Backend backend, List<Linear> layers, int activationBits, float[] input, int batch) {
    try (Plan plan = backend.plan(layers, activationBits)) {
      float[] output = new float[batch * plan.outputColumns()];
      plan.execute(input, batch, output);
      return output;
    }
  }

  /** One to three layers, most of them small: each shape is met by some seed. */
  private static List<Linear> layers(Random random) {
    List<Linear> layers = new ArrayList<>();
    int depth = random.nextInt(4) == 0 ? 2 + random.nextInt(2) : 1;
    int columns = size(random);
    for (int i = 0; i < depth; i++) {
      int rows = size(random);
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

  private static int size(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> 1 + random.nextInt(4);
      case 1 -> 64 * (1 + random.nextInt(4)) + random.nextInt(3) - 1;
      case 2 -> 120 * (1 + random.nextInt(3)) + random.nextInt(3) - 1;
      case 3 -> 1 + random.nextInt(700);
      default -> 1 + random.nextInt(100);
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
