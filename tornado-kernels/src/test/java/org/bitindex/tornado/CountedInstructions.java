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
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;

/**
 * Prints what products cost on a device that counts: warp instructions of each launch, which the
 * emulator of docs/devices.md writes to the file that {@code EMU_LOG} names, and bytes of the
 * weights. The same numbers in every run.
 *
 * <p>Arguments: cases such as {@code symmetric4:0.9:64:24:lines}, a code, the share of zeros, the
 * number of samples, the bits of an activation and the form of 1024 x 1024 weights: {@code lines}
 * that are looked up, lines on {@code tensor} cores, or {@code entries} that gather.
 */
final class CountedInstructions {
  private static final int SIZE = 1024;
  private static final Pattern LAUNCH = Pattern.compile(": (\\d+) warp-instructions");

  private CountedInstructions() {}

  public static void main(String[] args) throws IOException {
    Path log = Path.of(System.getenv("EMU_LOG"));
    var backend = new TornadoBackend(new TornadoDevices().find("", 2));
    for (String text : args) {
      String[] parts = text.split(":", -1);
      int samples = Integer.parseInt(parts[2]);
      try (EncodedMatrix weights = weights(parts[0], Double.parseDouble(parts[1]))) {
        DeviceWeights form =
            parts[4].equals("entries")
                ? DeviceWeights.entries(weights)
                : DeviceWeights.lines(weights);
        List<Linear> layers = List.of(Linear.of(weights));
        DeviceLayer layer =
            DeviceLayer.of(
                layers.getFirst(), Integer.parseInt(parts[3]), form, parts[4].equals("tensor"));
        var chain = new DeviceChain(List.of(layer), DeviceChain.powersOfTwo(), new FloatArray(1));
        String launches;
        try (var plan = new TornadoPlan(layers, chain, backend)) {
          launches = execute(plan, samples, log);
        }
        long total = 0;
        var each = new StringBuilder();
        for (Matcher launch = LAUNCH.matcher(launches); launch.find(); ) {
          total += Long.parseLong(launch.group(1));
          each.append(' ').append(launch.group(1));
        }
        System.out.printf(
            "%-32s %11d =%s, %.2f bits a weight%n",
            text, total, each, 8.0 * DeviceMemory.bytes(form.arrays()) / SIZE / SIZE);
      }
    }
  }

  /** What the emulator writes about a call. */
  private static String execute(TornadoPlan plan, int samples, Path log) throws IOException {
    float[] input = new float[samples * SIZE];
    var random = new Random(1);
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    long before = Files.exists(log) ? Files.size(log) : 0;
    plan.execute(input, samples, new float[input.length]);
    return Files.readString(log).substring((int) before);
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
