package org.bitindex.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import java.util.function.IntToDoubleFunction;
import java.util.stream.Stream;
import org.bitindex.backend.Availability;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.cli.devices.DevicePrediction;
import org.bitindex.cli.devices.DevicePrediction.Machine;
import org.bitindex.cli.devices.DevicePrediction.WeightKind;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code bie devices}: every backend and device, or why it is not there. */
@Command(
    name = "devices",
    description = "Lists every backend and device, or why it cannot be used.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @Mixin private JsonOption json;

  @Option(
      names = "--predict",
      arity = "0..1",
      fallbackValue = "4096x4096",
      paramLabel = "SHAPE",
      description = {
        "instead: microseconds of products on devices that are not at hand, a prediction from"
            + " counted instructions, bytes and published peaks (default: ${FALLBACK-VALUE})"
      })
  private @Nullable String predict;

  /** What can be used, and why the rest cannot. */
  private record Found(List<Usable> devices, Map<String, String> unavailable) {}

  /**
   * A device.
   *
   * @param backend as {@code --backend} takes it
   * @param memoryBytes 0 where that is not known
   */
  private record Usable(String backend, String device, long memoryBytes) {}

  /** What products with weights of a shape should take. */
  private record Predicted(int rows, int columns, List<Times> times) {}

  /**
   * What one product should take on a device.
   *
   * @param micros microseconds by number of samples
   */
  private record Times(String device, String product, SequencedMap<Integer, Double> micros) {
    private static final List<Integer> SAMPLES = List.of(1, 16, 64, 256);

    static Times of(String device, String product, IntToDoubleFunction micros) {
      SequencedMap<Integer, Double> times = new LinkedHashMap<>();
      SAMPLES.forEach(n -> times.put(n, micros.applyAsDouble(n)));
      return new Times(device, product, times);
    }
  }

  @Override
  public Integer call() throws IOException {
    if (predict != null) {
      Predicted predicted = predicted(DevicePrediction.of(predict));
      json.print(predicted, () -> text(predicted));
      return 0;
    }
    var found = new Found(new ArrayList<>(), new LinkedHashMap<>());
    for (BackendProvider provider : Backends.providers()) {
      switch (provider.availability()) {
        case Availability.Ready ready -> {
          for (Device device : ready.devices()) {
            String backend = device.nameOn(provider.name());
            found.devices.add(new Usable(backend, device.description(), device.memoryBytes()));
          }
        }
        case Availability.Unavailable(String reason) ->
            found.unavailable.put(provider.name(), reason);
      }
    }
    json.print(found, () -> text(found));
    return 0;
  }

  private static String text(Found found) {
    var table = new TextTable("backend", "device", "memory");
    for (Usable usable : found.devices) {
      table.add(usable.backend, usable.device, memory(usable.memoryBytes));
    }
    var text = new StringJoiner(System.lineSeparator()).add(table.toString());
    found.unavailable.forEach((name, why) -> text.add(name + " is unavailable: " + why));
    return text.toString();
  }

  private static Predicted predicted(DevicePrediction prediction) {
    List<Times> times = new ArrayList<>();
    for (Machine machine : DevicePrediction.MACHINES) {
      String on = machine.name();
      for (WeightKind weights : DevicePrediction.WEIGHTS) {
        times.add(Times.of(on, weights.name(), n -> prediction.micros(machine, weights, n)));
      }
      times.add(Times.of(on, "dense FP32, at best", n -> prediction.fp32(machine, n)));
      times.add(Times.of(on, "dense FP16, at best", n -> prediction.fp16(machine, n)));
      times.add(
          Times.of(on, "CSR FP32, 90 % zeros, at best", n -> prediction.sparse(machine, 0.1, n)));
    }
    return new Predicted(prediction.rows(), prediction.columns(), times);
  }

  private static String text(Predicted predicted) {
    List<String> headers = new ArrayList<>(List.of("microseconds, predicted", "1 sample"));
    Times.SAMPLES.stream().skip(1).map(String::valueOf).forEach(headers::add);
    var table = new TextTable(headers.toArray(String[]::new));
    for (Times times : predicted.times) {
      table.add(
          Stream.concat(
                  Stream.of(times.device + ": " + times.product),
                  times.micros.values().stream().map(Figures::number))
              .toArray(String[]::new));
    }
    return "prediction for weights of %d x %d, not measured%n%s"
        .formatted(predicted.rows, predicted.columns, table);
  }

  private static String memory(long bytes) {
    return bytes == 0 ? "-" : (bytes >> 20) + " MiB";
  }
}
