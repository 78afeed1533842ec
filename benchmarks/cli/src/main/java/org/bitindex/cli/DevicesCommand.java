package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitindex.backend.Availability;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.cli.text.JsonText;
import org.bitindex.cli.text.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bie devices}: every backend and device, or why it is not there. */
@Command(
    name = "devices",
    description = "Lists every backend and device, or why it cannot be used.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Mixin private JsonOption json;

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

  private static String name(BackendProvider provider, Device device) {
    return device.id().isEmpty() ? provider.name() : provider.name() + ":" + device.id();
  }

  private static String memory(long bytes) {
    return bytes == 0 ? "-" : (bytes >> 20) + " MiB";
  }
}
