package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** setup.sh, with a JDK and a Maven that only say how they were called. */
class SetupScriptTest {
  /**
   * Makes no archive of classes. Says its arguments and its input; told so, it sleeps until it is
   * stopped.
   */
  private static final String JAVA =
      """
      #!/bin/bash
      [[ $* != *-XX:ArchiveClassesAtExit=* ]] || exit 1
      echo 'WARNING: Using incubator modules: jdk.incubator.vector' >&2
      echo "java ${*: -2}"
      echo "a problem" >&2
      if [[ -n $SLEEP ]]; then
        trap 'echo stopped; exit 143' TERM
        touch "$SLEEP"
        for ((i = 0; i < 600; i++)); do sleep 0.1; done
      fi
      cat
      exit 3
      """;

  /** Makes the files that setup.sh looks for where setup.sh says they are. */
  private static final String MAVEN =
      """
      #!/bin/bash
      echo "$*" >>"$FOLDER/maven.log"
      [[ $* == *package* ]] || exit 0
      ROOT=$FOLDER/project
      eval "$(grep -E '^(JAR|LAB_JAR|LAB_CLASSPATH|SPARK_TARGET)=' "$ROOT/setup.sh")"
      if [[ -n $SLOW ]]; then
        touch "$FOLDER/building"
        for ((i = 0; i < 600; i++)); do
          [[ ! -f $FOLDER/go ]] || break
          sleep 0.1
        done
      fi
      mkdir -p "$(dirname "$JAR")" "$(dirname "$LAB_JAR")" "$SPARK_TARGET"
      touch "$JAR" "$LAB_JAR" "$LAB_CLASSPATH" "$SPARK_TARGET/bie-spark.jar" "$SPARK_TARGET/jvm.args"
      printf '%s' "$FOLDER/a b/one.jar:$FOLDER/a b/two.jar" >"$SPARK_TARGET/spark.classpath"
      """;

  @TempDir private Path folder;

  private Path project;

  @BeforeEach
  void makeProject() throws IOException {
    project = Files.createDirectories(folder.resolve("project"));
    Files.createDirectories(project.resolve("module/src/main"));
    Files.createFile(project.resolve("module/pom.xml"));
    for (String name : new String[] {"setup.sh", "pom.xml"}) {
      Files.copy(repository().resolve(name), project.resolve(name));
    }
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(jdk.resolveSibling("release"), "JAVA_VERSION=\"25.0.1\"\n");
    writeExecutable(jdk.resolve("javac"), "#!/bin/bash\n");
    writeExecutable(jdk.resolve("java"), JAVA);
    writeExecutable(Files.createDirectories(folder.resolve("bin")).resolve("mvn"), MAVEN);
  }

  private static Path repository() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("setup.sh"))) {
      root = Objects.requireNonNull(root.getParent());
    }
    return root;
  }

  private static void writeExecutable(Path file, String script) throws IOException {
    Files.writeString(file, script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private ProcessBuilder script(Path setup, String... arguments) {
    List<String> command = new ArrayList<>(List.of(setup.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("TORNADO"));
    environment.put("FOLDER", folder.toString());
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
    environment.put("JAVA_HOME", folder.resolve("jdk").toString());
    environment.put("PATH", folder.resolve("bin") + ":" + environment.get("PATH"));
    return builder.redirectError(folder.resolve("errors").toFile());
  }

  private ProcessBuilder script(String... arguments) {
    return script(project.resolve("setup.sh"), arguments);
  }

  /** What a process prints and errs, given {@code input}; its exit code is checked. */
  private String output(ProcessBuilder builder, String input, int exitCode) throws Exception {
    Process process = builder.start();
    try (var in = process.outputWriter()) {
      in.write(input);
    }
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output + errors()).isEqualTo(exitCode);
    return output;
  }

  private String errors() throws IOException {
    return Files.readString(folder.resolve("errors"));
  }

  /** What Maven was told to download, a line each. */
  private String fetched() throws IOException {
    return Files.readString(folder.resolve("maven.log"))
        .lines()
        .filter(line -> line.contains("dependency:copy"))
        .collect(Collectors.joining("\n"));
  }

  private static void await(Path file) throws InterruptedException {
    for (int i = 0; i < 600 && !Files.exists(file); i++) {
      Thread.sleep(50);
    }
    assertThat(file).exists();
  }

  @Test
  void inputOutputErrorsAndExitCodePassThrough() throws Exception {
    assertThat(output(script("bie", "x"), "hello", 3))
        .isEqualTo("java org.bitindex.cli.Main x\nhello");
    assertThat(errors()).endsWith("a problem\n").doesNotContain("incubator");
    assertThat(output(script("bie", "y"), "", 3)).contains("Main y");
    assertThat(builds()).as("builds").isEqualTo(1);
  }

  private long builds() throws IOException {
    return Files.readString(folder.resolve("maven.log"))
        .lines()
        .filter(line -> line.endsWith("package"))
        .count();
  }

  @Test
  void worksThroughALinkAndWithoutHome() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("bie"), project.resolve("setup.sh"));
    ProcessBuilder builder = script(link, "bie", "x");
    builder.environment().remove("HOME");
    assertThat(output(builder, "", 3)).contains("Main x");
  }

  @Test
  void helpAndWhatBringsItsOwnDataFetchNothing() throws Exception {
    for (String words :
        List.of(
            "embed --help",
            "minilm -h",
            "minilm speed --help",
            "mnist --help",
            "networks -h",
            "demo --help",
            "networks --data=x",
            "mnist --data x",
            "demo --model x",
            "embed --model x --tokenizer y",
            "networks --seconds 0 nothing")) {
      List<String> arguments = new ArrayList<>(List.of("bie"));
      arguments.addAll(List.of(words.split(" ")));
      assertThat(output(script(arguments.toArray(String[]::new)), "", 3)).startsWith("java ");
      assertThat(fetched()).as(words).isEmpty();
    }
  }

  @Test
  void theValueOfAnOptionNamesNoNetworkToFetch() throws Exception {
    output(script("bie", "networks", "--json", "--seconds", "e5", "--recipes=e5"), "", 1);
    assertThat(fetched().lines()).hasSize(1).allMatch(line -> line.contains("minilm"));
    output(script("bie", "networks", "--json", "e5"), "", 1);
    assertThat(fetched().lines()).hasSize(2).last().asString().contains("e5");
  }

  @Test
  void aSignalStopsJavaToo() throws Exception {
    ProcessBuilder builder = script("bie", "x");
    builder.environment().put("SLEEP", folder.resolve("sleeping").toString());
    Process process = builder.start();
    await(folder.resolve("sleeping"));
    process.toHandle().destroy(); // SIGTERM to setup.sh alone
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    assertThat(process.inputReader().lines()).endsWith("stopped");
  }

  @Test
  void aSignalStopsTheBuildToo() throws Exception {
    ProcessBuilder builder = script("bie", "x");
    builder.environment().put("SLOW", "yes");
    Process process = builder.start();
    await(folder.resolve("building"));
    List<ProcessHandle> children = process.descendants().toList();
    assertThat(children).isNotEmpty();
    process.toHandle().destroy();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(143);
    for (ProcessHandle child : children) {
      child.onExit().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void theSecondOfTwoSetUpsWaitsAndBuildsNothing() throws Exception {
    ProcessBuilder slow = script("bie", "first");
    slow.environment().put("SLOW", "yes");
    Process first = slow.start();
    await(folder.resolve("building"));
    Process second =
        script("bie", "second").redirectError(folder.resolve("waiting").toFile()).start();
    second.outputWriter().close();
    first.outputWriter().close();
    Path waiting = folder.resolve("waiting");
    for (int i = 0; i < 600 && !Files.readString(waiting).contains("Another set-up"); i++) {
      Thread.sleep(50);
    }
    assertThat(Files.readString(waiting)).contains("Another set-up of " + project);
    Files.createFile(folder.resolve("go"));
    assertThat(first.inputReader().lines()).contains("java org.bitindex.cli.Main first");
    assertThat(second.inputReader().lines()).contains("java org.bitindex.cli.Main second");
    assertThat(builds()).as("builds").isEqualTo(1);
  }

  @Test
  void aColonInTheFoldersNameIsRefusedInOneSentence() throws Exception {
    Path moved = Files.move(project, folder.resolve("a:b"));
    assertThat(output(script(moved.resolve("setup.sh"), "bie", "x"), "", 1)).isEmpty();
    assertThat(errors().lines()).hasSize(1);
    assertThat(errors()).startsWith("setup.sh: the folder " + moved + " has a ':'");
  }

  @Test
  void sparksJarsAreLinkedAlsoFromAFolderWithASpace() throws Exception {
    Path jars = Files.createDirectories(folder.resolve("a b"));
    Files.createFile(jars.resolve("one.jar"));
    Files.createFile(jars.resolve("two.jar"));
    output(script("bie", "infer", "--engine", "spark"), "", 3);
    try (var files = Files.walk(project)) {
      assertThat(files.filter(Files::isSymbolicLink))
          .extracting(Files::readSymbolicLink)
          .containsExactlyInAnyOrder(jars.resolve("one.jar"), jars.resolve("two.jar"));
    }
  }
}
