package org.bitindex.cli;

import java.util.concurrent.Callable;
import org.bitindex.backend.Availability;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.cli.text.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bie devices}: every backend and device, or why it is not there. */
@Command(
    name = "devices",
    description = "Lists every backend and device, or why it cannot be used.",
    mixinStandardHelpOptions = true)
final class DevicesCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Override
  public Integer call() {
    var table = new TextTable("backend", "device", "memory");
    var reasons = new StringBuilder();
    for (BackendProvider provider : Backends.providers()) {
      switch (provider.availability()) {
        case Availability.Ready ready -> {
          for (Device device : ready.devices()) {
            table.add(name(provider, device), device.description(), memory(device));
          }
        }
        case Availability.Unavailable(String reason) ->
            reasons.append(provider.name()).append(" is unavailable: ").append(reason).append('\n');
      }
    }
    command.commandLine().getOut().println(table);
    command.commandLine().getOut().print(reasons);
    command.commandLine().getOut().flush();
    return 0;
  }

  private static String name(BackendProvider provider, Device device) {
    return device.id().isEmpty() ? provider.name() : provider.name() + ":" + device.id();
  }

  private static String memory(Device device) {
    return device.memoryBytes() == 0 ? "-" : (device.memoryBytes() >> 20) + " MiB";
  }
}
