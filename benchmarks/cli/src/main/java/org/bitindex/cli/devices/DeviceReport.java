package org.bitindex.cli.devices;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bitindex.cli.measure.Environment;

/**
 * What one machine's devices took for the same products.
 *
 * @param environment the machine
 * @param shape rows and columns of the weights, "2048x1024"
 * @param density share of weights that are not zero
 * @param timings device after device
 * @param absent why backends or devices are missing, a sentence each
 */
public record DeviceReport(
    Environment environment,
    String shape,
    double density,
    List<DeviceTiming> timings,
    List<String> absent) {
  /** The CPU backend that devices are compared with. */
  public static final String REFERENCE = "vector";

  public DeviceReport {
    timings = List.copyOf(timings);
    absent = List.copyOf(absent);
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
      if (timing.device().equals(device) && timing.method().equals(code)) {
        boolean faster = speedUp(timing).filter(speedUp -> speedUp > 1).isPresent();
        from = faster ? OptionalInt.of(from.orElse(timing.batch())) : OptionalInt.empty();
      }
    }
    return from;
  }
}
