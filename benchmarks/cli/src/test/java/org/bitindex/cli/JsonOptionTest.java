package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What tables say to people, {@code --json} says to programs. */
class JsonOptionTest {
  private static JsonNode json(Object... args) throws IOException {
    return new ObjectMapper().readTree(CommandRun.ok(args).out());
  }

  @Test
  void devicesAreListed() throws IOException {
    JsonNode found = json("devices", "--json");
    assertThat(found.get("devices").findValuesAsText("backend")).contains("scalar", "vector");
    assertThat(found.get("unavailable").isObject()).isTrue();
    assertThat(CommandRun.ok("devices").out()).contains("backend", "scalar");
  }

  @Test
  void operatorsAreListed() throws IOException {
    JsonNode names = json("operators", "--json");
    assertThat(names.isArray()).isTrue();
    assertThat(names.size()).isEqualTo((int) CommandRun.ok("operators").out().lines().count());
  }

  @Test
  void timingsAreNumbers() throws IOException {
    JsonNode root = json("compare-devices", "--json", "--batch", "1", "--threads", "1", "64x64");
    assertThat(root.get("shape").asText()).isEqualTo("64x64");
    for (JsonNode timing : root.get("timings")) {
      assertThat(timing.get("batch").asInt()).isEqualTo(1);
      assertThat(timing.get("millis").asDouble()).isPositive();
    }
    assertThat(root.get("timings")).isNotEmpty();
  }

  @Test
  void memoryInUseIsShown(@TempDir Path folder) throws IOException {
    Path weights = folder.resolve("weights.npy");
    float[] values = new float[128 * 120];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) Math.sin(i);
    }
    NpyFile.write(weights, DenseMatrix.of(128, 120, values), IfExists.REPLACE);
    Path model = folder.resolve("model.bie.safetensors");
    CommandRun.ok("encode", "--input", weights, "--output", model, "--bits", "4");
    JsonNode prepared = json("inspect", "--memory", "--json", model).get("prepared").get(0);
    for (String batch : new String[] {"oneSample", "samples64"}) {
      double bits = 8.0 * prepared.get(batch).asLong() / values.length;
      assertThat(bits).as(batch).isBetween(4.0, 5.2);
    }
    assertThat(CommandRun.ok("inspect", "--memory", model).out()).contains("memory in use");
    assertThat(json("inspect", "--json", model).has("prepared")).isFalse();
  }

  @Test
  void aShellCanCompleteCommands() {
    assertThat(CommandRun.ok("generate-completion").out())
        .contains("complete -F", "compare-devices", "--bits-per-weight");
  }
}
