package org.bitindex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.launcher.JavaModuleOptions;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged jar in a JVM of its own, started as spark-submit and as setup.sh start it. */
@Tag("jar")
class JarTest {
  private static final int SAMPLES = 50;
  private static final Path JAR = Path.of(System.getProperty("bie.spark.jar"));

  @TempDir private Path folder;

  private final List<String> command = new ArrayList<>();

  private static String sparkClasspath() throws IOException {
    return Files.readString(JAR.resolveSibling("spark.classpath"));
  }

  private void java(List<String> flags, String... more) {
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(flags);
    command.addAll(List.of(more));
  }

  private String run(TestData data, int expectedExitCode) throws Exception {
    command.addAll(
        List.of(
            "--model=" + data.model,
            "--input=" + data.writeNpy(),
            "--output=" + folder.resolve("out")));
    Path log = folder.resolve("log");
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    assertThat(process.waitFor()).as(Files.readString(log)).isEqualTo(expectedExitCode);
    return Files.readString(log);
  }

  private void requireOutputs(TestData data) throws IOException {
    List<Row> rows = TestData.read(folder.resolve("out"), "file", "row");
    assertThat(rows).hasSize(SAMPLES);
    float[][] expected = data.expected();
    for (int n = 0; n < SAMPLES; n++) {
      TestData.requireOutputs(rows.get(n), expected[n]);
    }
  }

  @Test
  void sparkSubmitTakesTheJar() throws Exception {
    var data = new TestData(folder, SAMPLES);
    java(
        List.of(JavaModuleOptions.defaultModuleOptionArray()),
        "-cp",
        sparkClasspath(),
        "org.apache.spark.deploy.SparkSubmit",
        "--master=local[2]",
        JAR.toString());
    assertThat(run(data, 0)).contains("50 samples in ", "local[2]");
    requireOutputs(data);
  }

  @Test
  void theCommandLineRunsSparkEmbeddedAndPrintsOneLine() throws Exception {
    var data = new TestData(folder, SAMPLES);
    embedded();
    List<String> lines =
        run(data, 0).lines().filter(line -> !line.contains("incubator modules")).toList();
    assertThat(lines).singleElement().asString().startsWith("50 samples in ");
    requireOutputs(data);
  }

  @Test
  void aBadRowIsOneSentenceWithoutAStackTrace() throws Exception {
    var data = new TestData(folder, SAMPLES);
    data.samples[7][7] = Float.NaN;
    embedded();
    List<String> lines =
        run(data, 1).lines().filter(line -> !line.contains("incubator modules")).toList();
    assertThat(lines).containsExactly("bie: row file=0.npy, row=7: feature 7 is NaN");
  }

  private void embedded() throws IOException {
    java(
        List.of("@" + JAR.resolveSibling("jvm.args")),
        "-cp",
        JAR + ":" + sparkClasspath(),
        "org.bitindex.cli.Main",
        "infer",
        "--engine=spark",
        "--master=local[2]");
  }
}
