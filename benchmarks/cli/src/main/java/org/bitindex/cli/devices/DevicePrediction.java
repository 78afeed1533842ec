package org.bitindex.cli.devices;

import java.util.List;

/**
 * How long a product should take on a device that is not at hand: the larger of the time to issue
 * its instructions and the time to read and write its bytes, and a start for each launch.
 * Instructions were counted, peaks are the makers'; latencies, caches and bank conflicts are left
 * out, so a device will be slower.
 *
 * @param rows of the weights
 * @param columns of the weights
 */
public record DevicePrediction(int rows, int columns) {
  /**
   * For weights of a shape.
   *
   * @param shape rows and columns, "4096x4096"
   * @throws IllegalArgumentException if it is another text
   */
  public static DevicePrediction of(String shape) {
    if (!shape.matches("[1-9][0-9]{0,4}x[1-9][0-9]{0,4}")) {
      throw new IllegalArgumentException(
          "shape is '" + shape + "', must be rows and columns of up to five digits: 4096x4096");
    }
    String[] sizes = shape.split("x", 2);
    return new DevicePrediction(Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
  }

  /** Between two launches of one stream. */
  private static final double LAUNCH_MICROS = 2;

  /** Elements of the matrix whose instructions were counted. */
  private static final double COUNTED = 1024;

  /**
   * A device by its published peaks.
   *
   * @param processors streaming multiprocessors, each of which issues four instructions of a warp
   *     of 32 a cycle
   * @param gigahertz boost clock
   * @param gigabytes memory bandwidth, 10^9 bytes a second
   * @param fp32 10^12 operations a second
   * @param fp16 10^12 operations a second of dense products, on tensor cores where there are some
   * @param tensorCores whether they take bytes
   */
  public record Machine(
      String name,
      int processors,
      double gigahertz,
      double gigabytes,
      double fp32,
      double fp16,
      boolean tensorCores) {
    double issuedAMicro() {
      return processors * 4.0 * gigahertz * 1e3;
    }
  }

  /**
   * A form of weights on a device, with what 1024 x 1024 of them take, counted in PTX.
   *
   * @param bits of a weight
   * @param one instructions with one sample
   * @param many instructions of the product with 64 samples
   * @param quantize instructions of quantising 64 samples
   * @param finish instructions of finishing them, 0 where the product does
   */
  public record Instructions(double bits, long one, long many, long quantize, long finish) {}

  /**
   * Weights.
   *
   * @param tensor their form where there are tensor cores
   * @param other their form elsewhere
   */
  public record WeightKind(String name, Instructions tensor, Instructions other) {
    Instructions on(Machine machine) {
      return machine.tensorCores ? tensor : other;
    }
  }

  /** The makers' data sheets. */
  public static final List<Machine> MACHINES =
      List.of(
          new Machine("H200", 132, 1.98, 4800, 67, 989, true),
          new Machine("H100 SXM", 132, 1.98, 3350, 67, 989, true),
          new Machine("GeForce RTX 4070", 46, 2.48, 504, 29, 117, true),
          new Machine("Radeon 780M (integrated)", 12, 2.7, 90, 8.3, 16.6, false));

  private static final Instructions LINES_1 =
      new Instructions(1.13, 75_013, 3_581_954, 150_880, 312_834);
  private static final Instructions LINES_2 =
      new Instructions(2.25, 139_906, 7_163_906, 150_880, 454_146);
  private static final Instructions LINES_4 =
      new Instructions(4.5, 269_692, 14_327_810, 150_880, 736_770);
  private static final Instructions TENSOR_1 =
      new Instructions(1.13, 75_013, 2_170_082, 191_128, 312_834);
  private static final Instructions TENSOR_2 =
      new Instructions(2.25, 139_906, 2_286_914, 191_128, 312_834);
  private static final Instructions TENSOR_4 =
      new Instructions(4.5, 269_692, 2_534_594, 191_128, 312_834);
  private static final Instructions ENTRIES_90 =
      new Instructions(1.64, 102_501, 3_202_330, 150_880, 0);

  /** Counted in November 2026 as docs/devices.md describes, with A = 24. */
  public static final List<WeightKind> WEIGHTS =
      List.of(
          new WeightKind("1 bit", TENSOR_1, LINES_1),
          new WeightKind("2 bits", TENSOR_2, LINES_2),
          new WeightKind("4 bits", TENSOR_4, LINES_4),
          new WeightKind("1 bit, 90 % zeros", TENSOR_1, LINES_1),
          new WeightKind("2 bits, 90 % zeros", ENTRIES_90, ENTRIES_90),
          new WeightKind("4 bits, 90 % zeros", ENTRIES_90, ENTRIES_90));

  /** Microseconds of our product with {@code samples} samples. */
  public double micros(Machine machine, WeightKind weights, int samples) {
    double product = (double) rows * columns / (COUNTED * COUNTED);
    boolean few = samples <= 16;
    double blocks = few ? samples : Math.ceilDiv(samples, 64);
    Instructions form = weights.on(machine);
    long counted = few ? form.one : form.many;
    double sides = few ? 0 : blocks * (form.quantize * columns + form.finish * rows) / COUNTED;
    double instructions = counted * product * blocks + sides;
    double bytes =
        form.bits / 8 * rows * columns
            + samples * 4.0 * (rows + columns)
            + (few ? samples * 8.0 * rows : blocks * 64 * (4.0 * columns + 8.0 * rows));
    return bound(instructions / machine.issuedAMicro(), bytes, machine)
        + (few || form.finish == 0 ? 2 : 3) * LAUNCH_MICROS;
  }

  /** A bound of a dense product in single precision. */
  public double fp32(Machine machine, int samples) {
    return dense(machine, machine.fp32, 4, samples);
  }

  /** A bound of a dense product in half precision. */
  public double fp16(Machine machine, int samples) {
    return dense(machine, machine.fp16, 2, samples);
  }

  private double dense(Machine machine, double peak, int weightBytes, int samples) {
    double compute = 2.0 * rows * columns * samples / (peak * 1e6);
    double bytes = (double) weightBytes * ((double) rows * columns + samples * (rows + columns));
    return bound(compute, bytes, machine) + LAUNCH_MICROS;
  }

  /**
   * A bound of a sparse product in single precision, with an index and a value for each weight.
   *
   * @param nonzeros share of weights
   */
  public double sparse(Machine machine, double nonzeros, int samples) {
    double entries = nonzeros * rows * columns;
    double compute = 2 * entries * samples / (machine.fp32 * 1e6);
    double bytes = 8 * entries + 4.0 * samples * (rows + columns);
    return bound(compute, bytes, machine) + LAUNCH_MICROS;
  }

  private static double bound(double computeMicros, double bytes, Machine machine) {
    return Math.max(computeMicros, bytes / (machine.gigabytes * 1e3));
  }
}
