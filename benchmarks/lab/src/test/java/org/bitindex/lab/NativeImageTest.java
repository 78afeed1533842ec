package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bitindex.backend.ProfiledPlan;
import org.bitindex.cli.Main;
import org.bitindex.graph.conformance.TestResult;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * GraalVM's metadata of the command line: classes that picocli fills and records that {@code
 * --json} prints are reached by reflection alone. {@code -Dbie.update=native-image} writes the file
 * anew.
 */
class NativeImageTest {
  private static final Path METADATA =
      Path.of(
          "../cli/src/main/resources/META-INF/native-image/org.bitindex/bie-cli",
          "reachability-metadata.json");

  private static Stream<Class<?>> filled(CommandSpec command) {
    return Stream.of(
            Stream.of(command.userObject(), command.versionProvider())
                .filter(Objects::nonNull)
                .<Class<?>>map(Object::getClass),
            command.mixins().values().stream().flatMap(NativeImageTest::filled),
            command.argGroups().stream().flatMap(NativeImageTest::filled),
            command.subcommands().values().stream()
                .map(CommandLine::getCommandSpec)
                .flatMap(NativeImageTest::filled))
        .flatMap(types -> types);
  }

  private static Stream<Class<?>> filled(ArgGroupSpec group) {
    return Stream.concat(
        Stream.of(Objects.requireNonNull(group.typeInfo()).getType()),
        group.subgroups().stream().flatMap(NativeImageTest::filled));
  }

  private static String expected() {
    Stream<String> commands =
        filled(Main.commandLine().getCommandSpec())
            .map(Class::getName)
            .filter(name -> name.startsWith("org.bitindex.cli.") || name.startsWith("picocli."));
    String own = Main.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    Stream<String> records =
        new ClassFileImporter()
            .importPackages("org.bitindex.cli").stream()
                .filter(JavaClass::isRecord)
                .filter(type -> String.valueOf(type.getSource()).contains(own))
                .map(JavaClass::getName);
    Stream<String> others =
        Stream.of(TestResult.class, ProfiledPlan.Times.class).map(Class::getName);
    String types =
        Stream.of(commands, records, others)
            .flatMap(names -> names)
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .map(
                """
                {
                  "type": "%s",
                  "allDeclaredConstructors": true,
                  "allDeclaredMethods": true,
                  "allDeclaredFields": true
                }\
                """
                    ::formatted)
            .collect(Collectors.joining(",\n"));
    return """
    {
      "reflection": [
    %s
      ],
      "resources": [
        { "glob": "org/bitindex/sentence/*.txt" }
      ]
    }
    """
        .formatted(types.indent(4).stripTrailing());
  }

  @Test
  void namesAllThatReflectionReachesAndNothingElse() throws IOException {
    if (System.getProperty("bie.update", "").equals("native-image")) {
      Files.createDirectories(METADATA.getParent());
      Files.writeString(METADATA, expected());
    }
    assertThat(Files.readString(METADATA))
        .as("mvn test -Dtest=NativeImageTest -Dbie.update=native-image writes it anew")
        .isEqualTo(expected());
  }

  @Test
  void everyNamedClassExists() throws Exception {
    JsonNode root = new ObjectMapper().readTree(Files.readString(METADATA));
    assertThat(root.get("reflection")).isNotEmpty();
    for (JsonNode entry : root.get("reflection")) {
      Class.forName(entry.get("type").asText(), false, Main.class.getClassLoader());
    }
  }
}
