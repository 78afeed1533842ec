package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.bitindex.cli.devices.DeviceComparison;
import org.bitindex.cli.devices.DeviceReport;
import org.bitindex.cli.devices.DeviceTiming;
import org.bitindex.cli.devices.MergedReports;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.JsonText;
import org.bitindex.cli.text.Progress;
import org.bitindex.cli.text.TextTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bie compare-devices}: the same products on every device. */
@Command(
    name = "compare-devices",
    description = {
      "Times the same products on every device and CPU backend.",
      "Kernel and copy times are the device driver's; 'speed-up' is over the vector backend,",
      "'memory' what the plan holds for this batch, beside the encoded weights.",
      "With --json on each of several machines, --merge makes one table of their files."
    },
    mixinStandardHelpOptions = true)
final class CompareDevicesCommand implements Callable<Integer> {
  private static final List<String> CODES = List.of("binary", "symmetric4");
  private static final int MOST_SAMPLES = 4096;
  @Spec private CommandSpec command;

  @Mixin private ThreadOptions threads;

  @Mixin private JsonOption json;

  @Parameters(
      arity = "0..1",
      paramLabel = "SHAPE",
      description = "rows and columns of the weights (default: ${DEFAULT-VALUE})")
  private String shape = "2048x1024";

  @Option(
      names = "--density",
      paramLabel = "D",
      description = "share of weights that are not zero (default: ${DEFAULT-VALUE})")
  private double density = 0.1;

  @Option(
      names = "--batch",
      split = ",",
      paramLabel = "N",
      description = "samples of a product (default: 1,16,64,256)")
  private List<Integer> batches = List.of(1, 16, 64, 256);

  @Option(
      names = "--merge",
      arity = "1..*",
      paramLabel = "FILE",
      description = "measure nothing; print one table of what --json printed on other machines")
  private List<Path> merge = List.of();

  @Override
  public Integer call() throws IOException {
    if (merge.isEmpty()) {
      DeviceReport report = measure();
      json.print(report, () -> text(report));
    } else {
      MergedReports merged = MergedReports.of(read());
      json.print(merged, () -> table(merged));
    }
    return 0;
  }

  private SequencedMap<String, DeviceReport> read() throws IOException {
    SequencedMap<String, DeviceReport> reports = new LinkedHashMap<>();
    for (Path file : merge) {
      String name = String.valueOf(file.getFileName()).replaceFirst("\\.json$", "");
      if (reports.put(name, JsonText.read(file, DeviceReport.class)) != null) {
        throw new ParameterException(
            command.commandLine(), "two files are named " + name + ", which names the machine");
      }
    }
    return reports;
  }

  private DeviceReport measure() {
    for (int batch : batches) {
      if (batch < 1 || batch > MOST_SAMPLES) {
        throw new ParameterException(
            command.commandLine(), "--batch is " + batch + ", allowed are 1 to " + MOST_SAMPLES);
      }
    }
    if (!(density >= 0 && density <= 1)) {
      throw new ParameterException(
          command.commandLine(), "--density is " + density + ", allowed are 0 to 1");
    }
    var comparison =
        new DeviceComparison(
            shape,
            density,
            CODES,
            batches.stream().sorted().toList(),
            threads.count(),
            Stopwatch.PATIENT);
    try (Progress progress = Progress.start("measuring", comparison.measurements())) {
      return comparison.run(() -> progress.step(1));
    }
  }

  private static String text(DeviceReport report) {
    return String.join(
        System.lineSeparator(),
        Stream.concat(
                Stream.of(
                    "weights %s, density %s, times in ms"
                        .formatted(report.shape(), report.density()),
                    table(report).toString(),
                    breakEven(report).toString()),
                report.absent().stream())
            .toList());
  }

  /** One row a machine, device, method and batch. */
  private static TextTable table(MergedReports reports) {
    var table =
        new TextTable("operation", "machine", "device", "first call", "end to end", "kernels");
    for (MergedReports.Row row : reports.rows()) {
      DeviceTiming timing = row.timing();
      table.add(
          timing.operation(),
          row.machine(),
          timing.device() + ", " + timing.description(),
          Figures.number(timing.firstCallMillis()),
          Figures.number(timing.millis()),
          timing.driver() == null ? "-" : millis(timing.driver().kernelNanos()));
    }
    return table;
  }

  private static TextTable table(DeviceReport comparison) {
    var table =
        new TextTable(
            "device",
            "operation",
            "prepare",
            "first call",
            "end to end",
            "kernels",
            "copy in",
            "copy out",
            "speed-up",
            "memory");
    for (DeviceTiming timing : comparison.timings()) {
      var driver = timing.driver();
      table.add(
          timing.device(),
          timing.operation(),
          Figures.number(timing.preparationMillis()),
          Figures.number(timing.firstCallMillis()),
          Figures.number(timing.millis()),
          driver == null ? "-" : millis(driver.kernelNanos()),
          driver == null ? "-" : millis(driver.copyInNanos()),
          driver == null ? "-" : millis(driver.copyOutNanos()),
          comparison.speedUp(timing).map(s -> Figures.number(s) + "x").orElse("-"),
          Figures.bytes(timing.preparedBytes()));
    }
    return table;
  }

  private static String millis(long nanos) {
    return Figures.number(nanos * 1e-6);
  }

  private static TextTable breakEven(DeviceReport comparison) {
    var table = new TextTable("device", "code", "faster than vector from batch");
    for (String device :
        comparison.timings().stream().map(DeviceTiming::device).distinct().toList()) {
      if (!device.equals(DeviceReport.REFERENCE)) {
        for (String code : CODES) {
          OptionalInt from = comparison.breakEven(device, code);
          table.add(
              device,
              code,
              from.isPresent()
                  ? String.format(Locale.ROOT, "%d", from.getAsInt())
                  : "none measured");
        }
      }
    }
    return table;
  }
}
