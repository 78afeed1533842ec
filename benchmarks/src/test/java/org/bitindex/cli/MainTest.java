package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
  @Test
  void unknownOptionIsBadUsage() {
    assertThat(new CommandLine(Main.class).execute("--no-such-option")).isEqualTo(2);
  }
}
