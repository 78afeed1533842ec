package org.bitindex.tornado;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * <p>Arguments: cases such as {@code symmetric4:0.9:64:24:lines}, a code, the share of zeros, the
 * number of samples, the bits of an activation and the {@link ChosenForm} of 1024 x 1024 weights.
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
        ChosenForm form = ChosenForm.of(parts[4], weights);
        String launches;
        try (TornadoPlan plan = form.plan(weights, Integer.parseInt(parts[3]), backend)) {
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
            text, total, each, 8.0 * form.bytes() / SIZE / SIZE);
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

  private static EncodedMatrix weights(String label, double zeros) {
    Code code = Code.parse(label);
    float[] values = new float[SIZE * SIZE];
    ChosenForm.fill(values, 0, values.length, code, zeros, new Random(1));
    return new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(SIZE, SIZE, values));
  }
}
