package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.bitindex.cli.CommandRun;
import org.bitindex.cli.Main;
import org.bitindex.cli.text.TextTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Every command that prints a table prints JSON with {@code --json}. */
class JsonEverywhereTest {
  private static final String TINY = "../cli/src/test/resources/org/bitindex/cli/tiny.safetensors";

  private static final JavaClasses CLASSES =
      new ClassFileImporter().importPackages("org.bitindex.cli", "org.bitindex.lab");

  static Stream<CommandSpec> commands() {
    return withSubcommands(Main.commandLine())
        .filter(command -> command.getSubcommands().isEmpty() || command.getParent() != null)
        .map(CommandLine::getCommandSpec);
  }

  private static Stream<CommandLine> withSubcommands(CommandLine command) {
    return Stream.concat(
        Stream.of(command),
        command.getSubcommands().values().stream()
            .distinct()
            .flatMap(JsonEverywhereTest::withSubcommands));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void whoeverHasATableHasTheOption(CommandSpec command) {
    Class<?> own = command.userObject().getClass();
    if (own.getName().startsWith("org.bitindex.") && reachesTables(own)) {
      assertThat(command.findOption("--json")).as(command.qualifiedName()).isNotNull();
    }
  }

  /** Whether a command's class, or one that it uses, makes a table. */
  private static boolean reachesTables(Class<?> command) {
    Set<JavaClass> seen = new HashSet<>();
    Deque<JavaClass> open = new ArrayDeque<>(Set.of(CLASSES.get(command)));
    while (!open.isEmpty()) {
      JavaClass next = open.pop();
      if (next.isEquivalentTo(TextTable.class)) {
        return true;
      }
      if (seen.add(next)) {
        next.getDirectDependenciesFromSelf().stream()
            .map(Dependency::getTargetClass)
            .filter(target -> CLASSES.contain(target.getName()))
            .forEach(open::push);
      }
    }
    return false;
  }

  @Test
  void theDemosTablesAreJson() throws IOException {
    CommandRun run = CommandRun.of("demo", "--model", TINY, "--threads", "1", "--json");
    assertThat(run.exitCode()).isZero();
    JsonNode root = new ObjectMapper().readTree(run.out());
    assertThat(root.get("sizes").findValuesAsText("code")).contains("symmetric4", "int8");
    assertThat(root.get("products").findValuesAsText("on")).contains("scalar", "vector");
    assertThat(run.err()).contains("symmetric4");
  }
}
