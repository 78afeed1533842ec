package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

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
  void aShellCanCompleteCommands() {
    assertThat(CommandRun.ok("generate-completion").out())
        .contains("complete -F", "compare-devices", "--bits-per-weight");
  }
}
