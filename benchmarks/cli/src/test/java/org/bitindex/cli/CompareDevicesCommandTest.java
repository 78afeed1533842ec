package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What machines print with {@code --json} becomes one table. */
class CompareDevicesCommandTest {
  @TempDir Path folder;

  private Path report(String name, String weights, String... timings) throws IOException {
    return Files.writeString(
        folder.resolve(name + ".json"),
        """
        {"environment": null, "shape": "%s", "density": 0.1, "absent": [], "timings": [%s]}
        """
            .formatted(weights, String.join(",", timings)));
  }

  private static String timing(String device, String method, int batch, double millis) {
    return """
    {"device": "tornado:0:0", "description": "%s", "method": "%s", "batch": %d,
     "preparationMillis": 1, "firstCallMillis": 2, "millis": %s, "preparedBytes": 1,
     "driver": {"kernelNanos": 250000, "copyInNanos": 1, "copyOutNanos": 1}}
    """
        .formatted(device, method, batch, millis);
  }

  @Test
  void mergesReportsWithTheFastestOfAnOperationFirst() throws IOException {
    Path slow =
        report("slow", "4x4", timing("Old", "binary", 16, 9.5), timing("Old", "binary", 1, 8));
    Path fast = report("fast", "4x4", timing("New", "binary", 16, 0.5));
    CommandRun run = CommandRun.of("compare-devices", "--merge", slow.toString(), fast.toString());
    assertThat(run.exitCode()).isZero();
    assertThat(run.out().lines().map(String::strip).filter(line -> line.startsWith("binary")))
        .satisfiesExactly(
            line -> assertThat(line).contains("batch 1 ", "slow", "Old"),
            line -> assertThat(line).contains("batch 16", "fast", "New", "0.25"),
            line -> assertThat(line).contains("batch 16", "slow", "Old"));
  }

  @Test
  void refusesReportsOfOtherWeightsAndOtherFiles() throws IOException {
    Path one = report("one", "4x4", timing("New", "binary", 1, 1));
    Path other = report("other", "8x8", timing("New", "binary", 1, 1));
    assertThat(CommandRun.of("compare-devices", "--merge", one.toString(), other.toString()).err())
        .contains("other is of weights 8x8, density 0.1, one of weights 4x4");
    Path broken = Files.writeString(folder.resolve("broken.json"), "device,millis");
    CommandRun run = CommandRun.of("compare-devices", "--merge", broken.toString());
    assertThat(run.exitCode()).isNotZero();
    assertThat(run.err()).contains("broken.json is not such a report");
  }
}
