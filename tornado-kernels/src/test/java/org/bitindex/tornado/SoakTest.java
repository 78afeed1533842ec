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
import org.bitindex.tornado.device.DeviceMemory;
import org.junit.jupiter.api.Test;

/**
 * Products with changing shapes and plans that come and go; {@code -Dbie.soak=600} goes on for as
 * many seconds. What a plan left in device memory would soon fail the next ones, which get little
 * of it. Native memory is the process's, of which the device memory of a CPU is a part.
 */
@RequiresDevice
class SoakTest {
  private static final int FEWEST_PLANS = 10;
  private static final long NANOS = Long.getLong("bie.soak", 0) * 1_000_000_000L;
  private static final int PRODUCTS_OF_PLAN = 20;
  private static final int REPORTS = 20;
  private static final int BITS = 24;

  /** In the second half; the first one also loads and compiles TornadoVM. */
  private static final long MOST_GROWTH_KIB = 64 << 10;

  private final Random random = new Random(1);
  private final TornadoBackend backend = new TornadoBackend(new TornadoDevices().find("", 2));
  private final DeviceMemory memory = backend.target().memory();

  @Test
  void memoryDoesNotGrow() throws IOException {
    long start = System.nanoTime();
    long elapsed = 0;
    int reports = 0;
    long middle = 0;
    for (int plans = 0; plans < FEWEST_PLANS || elapsed < NANOS; ) {
      long mostTaken = multiplyWithANewShape();
      assertThat(memory.takenBytes()).as("bytes taken when the plan is closed").isZero();
      plans++;
      elapsed = System.nanoTime() - start;
      if (elapsed >= NANOS / REPORTS * (reports + 1) || plans == FEWEST_PLANS) {
        reports++;
        System.out.printf(
            "%d s, %d plans, %d products: the last took %d bytes of the device, resident %d KiB%n",
            elapsed / 1_000_000_000, plans, plans * PRODUCTS_OF_PLAN, mostTaken, residentKib());
      }
      if (middle == 0 && plans >= FEWEST_PLANS / 2 && elapsed >= NANOS / 2) {
        middle = residentKib();
      }
    }
    assertThat(residentKib() - middle).isLessThan(MOST_GROWTH_KIB);
  }

  /** Bytes that the plan took. */
  private long multiplyWithANewShape() {
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
        return memory.takenBytes();
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
