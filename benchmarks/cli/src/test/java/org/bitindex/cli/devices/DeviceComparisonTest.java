package org.bitindex.cli.devices;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backends;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.cli.text.JsonText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceComparisonTest {
  private final AtomicInteger steps = new AtomicInteger();
  private final DeviceComparison measured =
      new DeviceComparison(
          "20x30",
          0.5,
          List.of("binary"),
          List.of(1, 3),
          1,
          new Stopwatch(Duration.ZERO, Duration.ZERO, 1));
  private final DeviceReport comparison = measured.run(steps::incrementAndGet);

  @Test
  void progressReachesItsEnd() {
    assertThat(steps.get()).isEqualTo(measured.measurements()).isPositive();
  }

  @Test
  void cpuBackendsAreMeasuredForEveryOperation() {
    assertThat(comparison.timings())
        .filteredOn(timing -> !timing.device().startsWith("tornado"))
        .extracting(timing -> timing.device() + " " + timing.operation())
        .containsExactlyInAnyOrder(
            "vector binary, batch 1",
            "vector binary, batch 3",
            "scalar binary, batch 1",
            "scalar binary, batch 3");
  }

  @Test
  void aReportIsReadAsItWasWritten(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("here.json"), JsonText.text(comparison));
    assertThat(JsonText.read(file, DeviceReport.class)).isEqualTo(comparison);
  }

  @Test
  void everyBackendIsThereOrSaysWhyNot() {
    long unavailable =
        Backends.providers().stream()
            .filter(p -> p.availability() instanceof Availability.Unavailable)
            .count();
    assertThat(comparison.absent()).hasSizeGreaterThanOrEqualTo((int) unavailable);
    assertThat(comparison.absent()).allMatch(reason -> reason.contains(": "));
  }

  @Test
  void referenceIsAsFastAsItselfAndNeverBreaksEven() {
    assertThat(comparison.timings())
        .filteredOn(timing -> timing.device().equals(DeviceReport.REFERENCE))
        .allMatch(timing -> comparison.speedUp(timing).orElseThrow() == 1.0);
    assertThat(comparison.breakEven(DeviceReport.REFERENCE, "binary"))
        .isEqualTo(OptionalInt.empty());
  }
}
