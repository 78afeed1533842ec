package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.RandomProducts;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;

/**
 * Products with changing shapes and plans that come and go; {@code -Dbie.soak=10000} makes as many.
 * What a plan left in device memory would soon fail the next ones, which get little of it. Native
 * memory is the process's, of which the device memory of a CPU is a part.
 */
@RequiresDevice
class SoakTest {
  private static final int PRODUCTS = Integer.getInteger("bie.soak", 200);
  private static final int PRODUCTS_OF_PLAN = 50;
  private static final int REPORTS = 10;
  private static final int BITS = 24;

  /** In the second half; the first one also loads and compiles TornadoVM. */
  private static final long MOST_GROWTH_KIB = 64 << 10;

  private final Random random = new Random(1);
  private final TornadoBackend backend = new TornadoBackend(new TornadoDevices().find(""));

  @Test
  void memoryDoesNotGrow() throws IOException {
    int plans = Math.ceilDiv(PRODUCTS, PRODUCTS_OF_PLAN);
    long middle = 0;
    for (int i = 0; i < plans; i++) {
      multiplyWithANewShape();
      if ((i + 1) % Math.max(1, plans / REPORTS) == 0) {
        System.out.printf(
            "%d products, %d plans: resident %d KiB%n",
            (i + 1) * PRODUCTS_OF_PLAN, i + 1, residentKib());
      }
      if (i == plans / 2) {
        middle = residentKib();
      }
    }
    assertThat(residentKib() - middle).isLessThan(MOST_GROWTH_KIB);
  }

  private void multiplyWithANewShape() {
    int rows = 1 + random.nextInt(600);
    int columns = 1 + random.nextInt(600);
    try (EncodedMatrix weights =
        RandomProducts.weights(
            random, rows, columns, new Code.Symmetric(4), new Layout.Adaptive())) {
      List<Linear> layers = List.of(Linear.of(weights));
      try (Plan reference = new ScalarBackend().plan(layers, BITS);
          var plan = new TornadoPlan(layers, BITS, backend)) {
        for (int n = 0; n < PRODUCTS_OF_PLAN; n++) {
          int batch = 1 + random.nextInt(n % 2 == 0 ? 15 : 100);
          float[] input = RandomProducts.samples(random, batch, columns);
          float[] actual = new float[batch * rows];
          plan.execute(input, batch, actual);
          if (n < 2) {
            float[] expected = new float[batch * rows];
            reference.execute(input, batch, expected);
            assertThat(actual).isEqualTo(expected);
          }
        }
      }
    }
  }

  /** KiB of this process that are in memory. */
  private static long residentKib() throws IOException {
    System.gc();
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", ""));
      }
    }
    throw new IOException("/proc/self/status has no VmRSS");
  }
}
