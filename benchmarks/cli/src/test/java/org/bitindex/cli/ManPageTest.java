package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

class ManPageTest {
  static Stream<String> commands() {
    return Main.commandLine().getSubcommands().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aPageNamesEveryOptionAndSaysWhatItDoes(String name) {
    CommandSpec command =
        Objects.requireNonNull(Main.commandLine().getSubcommands().get(name)).getCommandSpec();
    String page = CommandRun.ok("generate-man-page", name).out();
    assertThat(page)
        .startsWith(".TH \"BIE\\-")
        .contains(".SH NAME\nbie\\-", ".SH SYNOPSIS\nbie " + name.replace("-", "\\-"))
        .endsWith("bad usage\n");
    for (OptionSpec option : command.options()) {
      assertThat(page).contains(option.longestName().replace("-", "\\-"));
    }
    assertThat(page).doesNotContain("${", "%n", "%%").doesNotContainPattern("\n\n");
  }

  @Test
  void bieItselfListsItsCommands() {
    String page = CommandRun.ok("generate-man-page").out();
    assertThat(page)
        .contains(".SH COMMANDS", "\\fBencode\\fR\n", "\\fBgenerate\\-man\\-page\\fR\n");
  }

  @Test
  void anUnknownCommandIsBadUsage() {
    CommandRun.of("generate-man-page", "x").requireFailure(2, "there is no command x");
  }
}
