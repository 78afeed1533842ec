package org.bitindex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkEngineTest {
  private static final int SAMPLES = 1100; // more than a mini-batch in each of three partitions

  @TempDir private Path folder;

  private Path output() {
    return folder.resolve("out");
  }

  @ParameterizedTest
  @CsvSource({"local[1],1", "local[1],3", "local[1],7", "local[2],0", "local[2],3", "local[2],7"})
  void parquetGivesTheBitsOfOneProcess(String master, int partitions) throws IOException {
    var data = new TestData(folder, SAMPLES);
    SparkRun run =
        SparkRun.of(
                data.model,
                data.writeParquet(),
                output(),
                "--master=" + master,
                "--partitions=" + partitions)
            .requireSuccess();
    assertThat(run.out()).startsWith("1,100 samples in ").contains(master);
    float[][] expected = data.expected();
    List<Row> rows = TestData.read(output(), "id");
    assertThat(rows).hasSize(SAMPLES);
    assertThat(rows.getFirst().schema().fieldNames()).containsExactly("id", "a.name", "outputs");
    for (int n = 0; n < SAMPLES; n++) {
      assertThat(rows.get(n).getInt(0)).isEqualTo(n);
      assertThat(rows.get(n).getString(1)).isEqualTo(TestData.name(n));
      TestData.requireOutputs(rows.get(n), expected[n]);
    }
    if (partitions > 0) {
      assertThat(parquetFiles()).isEqualTo(partitions);
    }
  }

  private long parquetFiles() throws IOException {
    try (Stream<Path> files = Files.list(output())) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }

  @ParameterizedTest
  @CsvSource({"local[1],1", "local[1],7", "local[2],3", "local[2],0"})
  void npyFilesGiveTheBitsOfOneProcess(String master, int partitions) throws IOException {
    var data = new TestData(folder, SAMPLES);
    SparkRun.of(
            data.model,
            data.writeNpy(),
            output(),
            "--master=" + master,
            "--partitions=" + partitions)
        .requireSuccess();
    float[][] expected = data.expected();
    List<Row> rows = TestData.read(output(), "file", "row");
    assertThat(rows).hasSize(SAMPLES);
    for (int n = 0; n < SAMPLES; n++) {
      int file = n < SAMPLES / 2 ? 0 : n == SAMPLES / 2 ? 1 : 2;
      int first = new int[] {0, SAMPLES / 2, SAMPLES / 2 + 1}[file];
      assertThat(rows.get(n).getString(0)).isEqualTo(file + ".npy");
      assertThat(rows.get(n).getLong(1)).isEqualTo(n - first);
      TestData.requireOutputs(rows.get(n), expected[n]);
    }
    if (partitions > 0) {
      assertThat(parquetFiles()).isEqualTo(partitions);
    }
  }

  @Test
  void badRowsFailWithTheirKeyOrHaveNoOutputs() throws IOException {
    var data = new TestData(folder, 6);
    data.samples[1] = new float[] {1, 2, 3};
    data.samples[3][4] = Float.NaN;
    data.samples[4][0] = Float.NEGATIVE_INFINITY;
    Path input = data.writeParquet();
    SparkRun.of(data.model, input, output(), "--master=local[1]")
        .requireSentence("row id=1, a.name=sample 1: it has 3 features, the network takes 19");
    assertThat(output()).doesNotExist();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(Path::getFileName).map(Path::toString))
          .noneMatch(name -> name.startsWith(".out"));
    }

    SparkRun run =
        SparkRun.of(data.model, input, output(), "--master=local[2]", "--on-bad-row=null")
            .requireSuccess();
    assertThat(run.out()).contains("6 samples in ", "3 bad rows have no outputs");
    data.samples[1] = new float[TestData.INPUTS];
    float[][] expected = data.expected();
    List<Row> rows = TestData.read(output(), "id");
    for (int n = 0; n < 6; n++) {
      TestData.requireOutputs(rows.get(n), n == 1 || n == 3 || n == 4 ? null : expected[n]);
    }
  }

  @Test
  void nullFeaturesAreBadRows() throws IOException {
    var data = new TestData(folder, 1);
    Path input = folder.resolve("nulls");
    Float[] withNull = new Float[TestData.INPUTS];
    TestData.write(
        input,
        TestData.SCHEMA,
        RowFactory.create(0, null, "none"),
        RowFactory.create(1, withNull, "one"));
    SparkRun.of(data.model, input, output(), "--master=local[1]")
        .requireSentence("row id=0, a.name=none: it has no features (null)");
    SparkRun.of(data.model, input, output(), "--master=local[1]", "--on-bad-row=null")
        .requireSuccess();
    TestData.read(output(), "id").forEach(row -> TestData.requireOutputs(row, null));
  }

  @Test
  void anExistingOutputIsKeptUnlessForced() throws IOException {
    var data = new TestData(folder, 3);
    Path input = data.writeNpy();
    SparkRun.of(data.model, input, output(), "--master=local[1]").requireSuccess();
    data = new TestData(folder, 3);
    SparkRun.of(data.model, input, output(), "--master=local[1]")
        .requireSentence("out exists; --force replaces it");
    assertThat(TestData.read(output(), "file", "row")).hasSize(3);
    Files.delete(input.resolve("2.npy"));
    SparkRun.of(data.model, input, output(), "--master=local[1]", "--force").requireSuccess();
    assertThat(TestData.read(output(), "file", "row")).hasSize(2);

    Path precious = Files.createDirectory(folder.resolve("precious"));
    SparkRun.of(data.model, input, precious, "--master=local[1]", "--force")
        .requireSentence("precious is no earlier output");
    SparkRun.of(data.model, input, folder, "--master=local[1]", "--force")
        .requireSentence("would replace the input");
    assertThat(precious).exists();
  }

  @Test
  void badInputIsOneSentence() throws IOException {
    var data = new TestData(folder, 3);
    Path parquet = data.writeParquet();
    requireSentence(data.model, folder.resolve("missing"), "missing does not exist");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    requireSentence(data.model, empty, "empty holds neither .npy files nor Parquet");
    requireSentence(
        data.model,
        parquet,
        "samples.parquet has no column x (--column), it has id, features, a.name",
        "--column=x");
    requireSentence(data.model, parquet, "column id of ", "--column=id");
    requireSentence(data.model, parquet, "no backend is named quantum", "--backend=quantum");
    requireSentence(parquet, parquet, "cannot read ");
    SparkRun.of(data.model, parquet, output(), "--master=cloud")
        .requireSentence("Could not parse Master URL");
    Path hidden = folder.resolve("hidden");
    TestData.write(
        hidden,
        new StructType()
            .add("outputs", DataTypes.IntegerType)
            .add("features", DataTypes.createArrayType(DataTypes.FloatType)),
        RowFactory.create(1, new float[TestData.INPUTS]));
    requireSentence(data.model, hidden, "hidden has a column outputs, which is the name of");
    Path none = folder.resolve("none");
    TestData.write(none, TestData.SCHEMA);
    requireSentence(data.model, none, "none holds no samples");
  }

  private void requireSentence(Path model, Path input, String message, String... more) {
    String[] options =
        Stream.concat(Stream.of("--master=local[1]"), Stream.of(more)).toArray(String[]::new);
    SparkRun.of(model, input, output(), options).requireSentence(message);
    assertThat(output()).doesNotExist();
  }
}
