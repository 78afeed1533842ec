package org.bitindex.cli.devices;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.ProfiledPlan;
import org.bitindex.cli.measure.Environment;
import org.bitindex.cli.measure.ReferenceCheck;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.cli.measure.Workload;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/**
 * The same products on every device of every backend, and on devices in other formats too. Each is
 * compared with a reference before it is timed: products of codes with the scalar backend, bit for
 * bit, those of other formats within their rounding.
 */
public final class DeviceComparison {
  private final String shape;
  private final double density;
  private final DenseMatrix weights;
  private final List<String> codes;
  private final List<Integer> batches;
  private final int threads;
  private final Stopwatch stopwatch;
  private final List<String> devices = new ArrayList<>();
  private final List<DeviceTiming> timings = new ArrayList<>();
  private final List<String> absent = new ArrayList<>();

  /**
   * Prepares a comparison.
   *
   * @param shape rows and columns of the weights, "2048x1024"
   * @param density share of weights that are not zero
   * @param codes labels as {@link org.bitindex.code.Code#parse} takes them
   * @param threads CPU threads
   */
  public DeviceComparison(
      String shape,
      double density,
      List<String> codes,
      List<Integer> batches,
      int threads,
      Stopwatch stopwatch) {
    this.shape = shape;
    this.density = density;
    this.weights = Workload.weights(shape, density);
    this.codes = List.copyOf(codes);
    this.batches = List.copyOf(batches);
    this.threads = threads;
    this.stopwatch = stopwatch;
    for (BackendProvider provider : Backends.providers()) {
      switch (provider.availability()) {
        case Availability.Ready(List<Device> found, boolean _) ->
            found.forEach(device -> devices.add(device.nameOn(provider.name())));
        case Availability.Unavailable(String reason) ->
            absent.add(provider.name() + " is unavailable: " + reason);
      }
    }
  }

  /** Measurements that {@link #run} makes, where no device fails. */
  public int measurements() {
    return devices.stream().mapToInt(this::operations).sum() * batches.size();
  }

  /**
   * Measures every device that is there.
   *
   * @param progress called after each measurement
   */
  public DeviceReport run(Runnable progress) {
    devices.forEach(device -> measure(device, progress));
    return new DeviceReport(Environment.here("all"), shape, density, timings, absent);
  }

  private int operations(String device) {
    boolean isCpu = !device.contains(":");
    return codes.size() + (isCpu ? 0 : DeviceBackend.BaselineFormat.values().length);
  }

  private void measure(String device, Runnable progress) {
    try (Backend backend = Backends.open(device, threads)) {
      for (String code : codes) {
        for (int batch : batches) {
          timings.add(encoded(backend, device, code, batch));
          progress.run();
        }
      }
      if (backend.device().isPresent()) {
        DeviceBackend others = backend.device().get();
        for (DeviceBackend.BaselineFormat format : DeviceBackend.BaselineFormat.values()) {
          for (int batch : batches) {
            timings.add(baseline(others, device, format, batch));
            progress.run();
          }
        }
      }
    } catch (BackendException e) {
      absent.add(device + " failed: " + e.getMessage());
    }
  }

  private DeviceTiming encoded(Backend backend, String device, String code, int batch) {
    float[] input = Workload.samples(batch, weights.columns());
    float[] output = new float[batch * weights.rows()];
    int bits = Arithmetic.MAX_ACTIVATION_BITS;
    try (EncodedMatrix encoded = Workload.encode(weights, code, "flat", threads)) {
      long start = System.nanoTime();
      try (Plan plan = backend.plan(List.of(Linear.of(encoded)), bits)) {
        long planned = System.nanoTime();
        plan.execute(input, batch, output);
        long executed = System.nanoTime();
        ReferenceCheck.requireEqual(plan, encoded, bits, input, batch);
        double millis = stopwatch.time(() -> plan.execute(input, batch, output)).medianMillis();
        return new DeviceTiming(
            device,
            backend.description(),
            code,
            batch,
            (planned - start) * 1e-6,
            (executed - planned) * 1e-6,
            millis,
            plan.preparedBytes(),
            plan instanceof ProfiledPlan profiled ? profiled.times(input, batch, output) : null);
      }
    }
  }

  private DeviceTiming baseline(
      DeviceBackend backend, String device, DeviceBackend.BaselineFormat format, int batch) {
    float[] input = Workload.samples(batch, weights.columns());
    float[] output = new float[batch * weights.rows()];
    long start = System.nanoTime();
    try (DeviceBackend.BaselineProduct baseline = backend.baseline(format, weights, batch)) {
      long planned = System.nanoTime();
      baseline.multiply(input, output);
      long executed = System.nanoTime();
      double tolerance = format == DeviceBackend.BaselineFormat.INT8 ? 0.05 : 1e-5;
      ReferenceCheck.requireClose(format.toString(), weights, input, output, batch, tolerance);
      double millis = stopwatch.time(() -> baseline.multiply(input, output)).medianMillis();
      return new DeviceTiming(
          device,
          backend.description(),
          switch (format) {
            case DENSE_FP32 -> "dense FP32";
            case CSR -> "CSR";
            case INT8 -> "int8";
          },
          batch,
          (planned - start) * 1e-6,
          (executed - planned) * 1e-6,
          millis,
          baseline.deviceBytes(),
          baseline.times(input, output));
    }
  }
}
