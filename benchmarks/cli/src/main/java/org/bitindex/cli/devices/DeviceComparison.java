package org.bitindex.cli.devices;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bitindex.BackendException;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.ProfiledPlan;
import org.bitindex.cli.measure.ReferenceCheck;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.cli.measure.Workload;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

/**
 * The same products on every device of every backend. Each is compared with the scalar reference,
 * bit for bit, before it is timed.
 */
public final class DeviceComparison {
  /** The CPU backend that devices are compared with. */
  public static final String REFERENCE = "vector";

  private final DenseMatrix weights;
  private final List<String> codes;
  private final List<Integer> batches;
  private final int threads;
  private final Stopwatch stopwatch;
  private final List<DeviceTiming> timings = new ArrayList<>();
  private final List<String> absent = new ArrayList<>();

  /**
   * Prepares a comparison.
   *
   * @param codes labels as {@link org.bitindex.code.Code#parse} takes them
   * @param threads CPU threads
   */
  public DeviceComparison(
      DenseMatrix weights,
      List<String> codes,
      List<Integer> batches,
      int threads,
      Stopwatch stopwatch) {
    this.weights = weights;
    this.codes = List.copyOf(codes);
    this.batches = List.copyOf(batches);
    this.threads = threads;
    this.stopwatch = stopwatch;
  }

  /** Measures every device that is there. */
  public DeviceComparison run() {
    for (BackendProvider provider : Backends.providers()) {
      switch (provider.availability()) {
        case Availability.Ready(List<Device> devices, boolean _) ->
            devices.forEach(device -> measure(name(provider, device)));
        case Availability.Unavailable(String reason) ->
            absent.add(provider.name() + " is unavailable: " + reason);
      }
    }
    return this;
  }

  private static String name(BackendProvider provider, Device device) {
    return device.id().isEmpty() ? provider.name() : provider.name() + ":" + device.id();
  }

  private void measure(String device) {
    try (Backend backend = Backends.open(device, threads)) {
      for (String code : codes) {
        for (int batch : batches) {
          timings.add(measure(backend, device, code, batch));
        }
      }
    } catch (BackendException e) {
      absent.add(device + " failed: " + e.getMessage());
    }
  }

  private DeviceTiming measure(Backend backend, String device, String code, int batch) {
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
            code + ", batch " + batch,
            batch,
            (planned - start) * 1e-6,
            (executed - planned) * 1e-6,
            millis,
            plan.preparedBytes(),
            plan instanceof ProfiledPlan profiled ? profiled.times(input, batch, output) : null);
      }
    }
  }

  /** What was measured, device after device. */
  public List<DeviceTiming> timings() {
    return List.copyOf(timings);
  }

  /** Why backends or devices are missing, a sentence each. */
  public List<String> absent() {
    return List.copyOf(absent);
  }

  /** Time of {@link #REFERENCE} over the time of {@code timing} for the same operation. */
  public Optional<Double> speedUp(DeviceTiming timing) {
    return timings.stream()
        .filter(t -> t.device().equals(REFERENCE) && t.operation().equals(timing.operation()))
        .map(reference -> reference.millis() / timing.millis())
        .findFirst();
  }

  /** The smallest measured batch from which a device is faster end to end than the CPU. */
  public OptionalInt breakEven(String device, String code) {
    OptionalInt from = OptionalInt.empty();
    for (DeviceTiming timing : timings) {
      if (timing.device().equals(device) && timing.operation().startsWith(code + ",")) {
        boolean faster = speedUp(timing).filter(speedUp -> speedUp > 1).isPresent();
        from = faster ? OptionalInt.of(from.orElse(timing.batch())) : OptionalInt.empty();
      }
    }
    return from;
  }
}
