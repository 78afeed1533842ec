package org.bitindex.tornado;

import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/**
 * Prints how long products take on the first device, in a form of weights that is chosen: medians
 * of calls, and of their kernels by the driver's clocks.
 *
 * <p>Arguments: cases such as {@code symmetric4:0.9:4096x4096:24:entries:1,64}, a code, the share
 * of zeros, the shape, the bits of an activation, the {@link ChosenForm}, and numbers of samples.
 */
final class DeviceTimes {
  private static final int THREADS = Runtime.getRuntime().availableProcessors();
  private static final long CALL_NANOS = 150_000_000;
  private static final int MOST_CALLS = 500;
  private static final int PROFILES = 7;

  private DeviceTimes() {}

  public static void main(String[] args) {
    var backend = new TornadoBackend(new TornadoDevices().find("", THREADS));
    System.out.println(backend.description());
    for (String text : args) {
      String[] parts = text.split(":", -1);
      int[] shape = Stream.of(parts[2].split("x", 2)).mapToInt(Integer::parseInt).toArray();
      try (EncodedMatrix weights =
          weights(parts[0], Double.parseDouble(parts[1]), shape[0], shape[1])) {
        ChosenForm form = ChosenForm.of(parts[4], weights);
        try (TornadoPlan plan = form.plan(weights, Integer.parseInt(parts[3]), backend)) {
          for (String samples : parts[5].split(",", -1)) {
            print(text, plan, Integer.parseInt(samples), form.bytes());
          }
        }
      }
    }
  }

  private static void print(String text, TornadoPlan plan, int samples, long weightBytes) {
    float[] input = new float[samples * plan.inputColumns()];
    var random = new SplittableRandom(1);
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    float[] output = new float[samples * plan.outputColumns()];
    plan.execute(input, samples, output);
    plan.execute(input, samples, output);
    long[] calls = new long[MOST_CALLS];
    int count = 0;
    long end = System.nanoTime() + CALL_NANOS;
    while (count < PROFILES || (count < MOST_CALLS && System.nanoTime() < end)) {
      long start = System.nanoTime();
      plan.execute(input, samples, output);
      calls[count++] = System.nanoTime() - start;
    }
    Arrays.sort(calls, 0, count);
    long[] kernels =
        IntStream.range(0, PROFILES)
            .mapToLong(_ -> plan.profile(input, samples, output).kernelNanos())
            .sorted()
            .toArray();
    double nanos = kernels[PROFILES / 2];
    System.out.printf(
        Locale.ROOT,
        "%-46s n=%3d  call %8.1f us  kernels %8.1f us  %7.1f GB/s of %6.1f MB of weights%n",
        text.substring(0, text.lastIndexOf(':')),
        samples,
        calls[count / 2] / 1e3,
        nanos / 1e3,
        weightBytes / nanos,
        weightBytes / 1e6);
  }

  private static EncodedMatrix weights(String label, double zeros, int rows, int columns) {
    Code code = Code.parse(label);
    float[] values = new float[rows * columns];
    IntStream.range(0, rows)
        .parallel()
        .forEach(row -> {
          int from = row * columns;
          ChosenForm.fill(values, from, from + columns, code, zeros, new SplittableRandom(row));
        });
    return new Encoder(code, ScaleMode.ROW, new Layout.Flat(), THREADS)
        .encode(DenseMatrix.of(rows, columns, values));
  }
}
