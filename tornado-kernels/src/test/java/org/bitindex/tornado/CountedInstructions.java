package org.bitindex.tornado;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitindex.backend.Linear;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Prints what products cost on a device that counts: warp instructions of each launch, which the
 * emulator of docs/devices.md writes to the file that {@code EMU_LOG} names, and bytes of the
 * weights. The same numbers in every run.
 *
 * <p>Arguments: cases such as {@code symmetric4:0.9:64:24}, a code, the share of zeros, the number
 * of samples and the bits of an activation, for 1024 x 1024 weights; with {@code :tensor} at their
 * ends they run on tensor cores.
 */
final class CountedInstructions {
  private static final int SIZE = 1024;
  private static final Pattern LAUNCH = Pattern.compile("(\\w+) grid .*: (\\d+) warp-instructions");

  private CountedInstructions() {}

  public static void main(String[] args) throws IOException {
    Path log = Path.of(System.getenv("EMU_LOG"));
    TornadoTarget target = new TornadoDevices().find("");
    var withTensorCores = new TornadoBackend(target);
    var without = new TornadoBackend(target, false);
    for (String text : args) {
      String[] parts = text.split(":");
      TornadoBackend backend = parts.length > 4 ? withTensorCores : without;
      int samples = Integer.parseInt(parts[2]);
      try (EncodedMatrix weights = weights(parts[0], Double.parseDouble(parts[1]));
          var plan =
              new TornadoPlan(List.of(Linear.of(weights)), Integer.parseInt(parts[3]), backend)) {
        float[] input = new float[samples * SIZE];
        var random = new Random(1);
        for (int i = 0; i < input.length; i++) {
          input[i] = (float) random.nextGaussian();
        }
        long before = Files.exists(log) ? Files.size(log) : 0;
        plan.execute(input, samples, new float[input.length]);
        String written = Files.readString(log).substring((int) before);
        long total = 0;
        var each = new StringBuilder();
        for (Matcher launch = LAUNCH.matcher(written); launch.find(); ) {
          total += Long.parseLong(launch.group(2));
          each.append(' ').append(launch.group(2));
        }
        long bytes =
            DeviceMemory.bytes(DeviceWeights.of(weights, backend.hasTensorCores()).arrays());
        System.out.printf(
            "%-24s %11d =%s; %.2f bits a weight%n", text, total, each, 8.0 * bytes / SIZE / SIZE);
      }
    }
  }

  /** Integers of a code, all nonzero ones as often, with a share of zeros. */
  private static EncodedMatrix weights(String label, double zeros) {
    Code code = Code.parse(label);
    var random = new Random(1);
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      boolean zero = random.nextDouble() < zeros;
      int sign = code.lowest() < 0 && random.nextBoolean() ? -1 : 1;
      values[i] = zero ? 0 : sign * (1 + random.nextInt(code.highest()));
    }
    return new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(SIZE, SIZE, values));
  }
}
