package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.backend.Availability;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.cli.devices.DevicePrediction;
import org.bitindex.cli.devices.DevicePrediction.Machine;
import org.bitindex.cli.devices.DevicePrediction.Weights;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.JsonText;
import org.bitindex.cli.text.TextTable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bie devices}: every backend and device, or why it is not there. */
@Command(
    name = "devices",
    description = "Lists every backend and device, or why it cannot be used.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

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

  @Override
  public Integer call() throws IOException {
    if (predict != null) {
      print(DevicePrediction.of(predict));
      return 0;
    }
    var found = new Found(new ArrayList<>(), new LinkedHashMap<>());
    for (BackendProvider provider : Backends.providers()) {
      switch (provider.availability()) {
        case Availability.Ready ready -> {
          for (Device device : ready.devices()) {
            found.devices.add(
                new Usable(name(provider, device), device.description(), device.memoryBytes()));
          }
        }
        case Availability.Unavailable(String reason) ->
            found.unavailable.put(provider.name(), reason);
      }
    }
    PrintWriter out = command.commandLine().getOut();
    if (json.asked()) {
      out.println(JsonText.text(found));
    } else {
      var table = new TextTable("backend", "device", "memory");
      for (Usable usable : found.devices) {
        table.add(usable.backend, usable.device, memory(usable.memoryBytes));
      }
      out.println(table);
      found.unavailable.forEach((name, why) -> out.println(name + " is unavailable: " + why));
    }
    out.flush();
    return 0;
  }

  private void print(DevicePrediction prediction) {
    var table = new TextTable("microseconds, predicted", "1 sample", "16", "64", "256");
    for (Machine machine : DevicePrediction.MACHINES) {
      String on = machine.name() + ": ";
      for (Weights weights : DevicePrediction.WEIGHTS) {
        add(table, on + weights.name(), n -> prediction.micros(machine, weights, n));
      }
      add(table, on + "dense FP32, at best", n -> prediction.fp32(machine, n));
      add(table, on + "dense FP16, at best", n -> prediction.fp16(machine, n));
      add(table, on + "CSR FP32, 90 % zeros, at best", n -> prediction.sparse(machine, 0.1, n));
    }
    PrintWriter out = command.commandLine().getOut();
    out.println(
        "prediction for weights of %d x %d, not measured"
            .formatted(prediction.rows(), prediction.columns()));
    out.println(table);
    out.flush();
  }

  private static void add(TextTable table, String name, IntToDoubleFunction micros) {
    table.add(
        Stream.concat(
                Stream.of(name),
                IntStream.of(1, 16, 64, 256).mapToObj(n -> Figures.number(micros.applyAsDouble(n))))
            .toArray(String[]::new));
  }

  private static String name(BackendProvider provider, Device device) {
    return device.id().isEmpty() ? provider.name() : provider.name() + ":" + device.id();
  }

  private static String memory(long bytes) {
    return bytes == 0 ? "-" : (bytes >> 20) + " MiB";
  }
}
