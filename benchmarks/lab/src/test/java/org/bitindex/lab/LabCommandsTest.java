package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.bitindex.cli.CommandRun;
import org.bitindex.cli.Main;
import org.junit.jupiter.api.Test;

class LabCommandsTest {
  private static final String TINY = "../cli/src/test/resources/org/bitindex/cli/tiny.safetensors";

  @Test
  void theyJoinTheCommandLine() {
    assertThat(Main.commandLine().getSubcommands())
        .containsKeys("encode", "demo", "evaluate", "minilm", "mnist");
  }

  /** Of Gaussian weights, the goal that was set. */
  @Test
  void uniformStepsHaveFourFifthsOfTheErrorInTheSameBytes() throws IOException {
    CommandRun run = CommandRun.ok("equal-bytes", "--bits", "3", "--json");
    JsonNode lines = new ObjectMapper().readTree(run.out());
    assertThat(lines).hasSize(4);
    for (JsonNode line : lines) {
      assertThat(line.get("oursBitsPerWeight").asDouble())
          .isLessThanOrEqualTo(line.get("bitsPerWeight").asDouble());
      assertThat(line.get("ours").asDouble())
          .isBetween(line.get("limit").asDouble(), 0.8 * line.get("error").asDouble());
    }
  }

  @Test
  void demoWithoutAModelSaysWhereToGetOne() {
    if (System.getProperty("bie.minilm") == null) {
      CommandRun.of("demo").requireFailure(2, "--model", "./setup.sh demo");
    }
  }

  @Test
  void demoRunsOnAnyModel() {
    CommandRun run = CommandRun.ok("demo", "--model", TINY, "--threads", "1");
    assertThat(run.out()).contains("symmetric4", "scalar", "reference", "vector", "identical");
    assertThat(run.out()).doesNotContain("DIFFERENT");
  }
}
