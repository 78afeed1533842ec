package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;

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
