package org.bitindex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.bitindex.cli.InferenceJob;
import org.bitindex.cli.SparkOptions;
import org.bitindex.io.IfExists;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors that are processes of their own. */
class LocalClusterTest {
  private static final int SAMPLES = 3000;
  private static final int PARTITIONS = 5;

  private static final String[] CLUSTER = {
    "--master=local-cluster[2,1,1024]",
    "--conf=spark.executor.extraClassPath=" + System.getProperty("java.class.path"),
    "--partitions=" + PARTITIONS
  };

  @TempDir private Path folder;

  @Test
  void executorsGiveTheBitsOfOneProcess() throws IOException {
    var data = new TestData(folder, SAMPLES);
    Path output = folder.resolve("out");
    SparkRun.of(data.model, data.writeParquet(), output, CLUSTER).requireSuccess();
    requireAllOnce(data, TestData.read(output, "id"));
  }

  @Test
  void anExecutorThatDiesInTheMiddleOfATaskLeavesNeitherDuplicatesNorHoles() throws IOException {
    var data = new TestData(folder, SAMPLES);
    Path input = data.writeParquet();
    Path output = folder.resolve("out");
    Path died = folder.resolve("died");
    SparkOptions options = SparkRun.options(CLUSTER);
    var job =
        new InferenceJob(
            data.model, input.toString(), output.toString(), IfExists.REFUSE, "auto", 24, options);
    try (SparkSession session = Session.open(options)) {
      SparkContext context = session.sparkContext();
      context.addFile(data.model.toUri().toString());
      SampleRows samples = SampleRows.open(session, job, TestData.INPUTS);
      String marker = died.toString();
      JavaRDD<Row> deadly = samples.rows().mapPartitions(rows -> new DeadlyRows(rows, marker));
      var inference =
          new RowInference(
              new ExecutorNetwork(data.model.getFileName().toString(), "auto", 24, 1),
              samples.keys().fieldNames(),
              options.onBadRow(),
              context.longAccumulator(),
              context.longAccumulator());
      SparkEngine.write(
          session, new SampleRows(deadly, samples.keys()), inference, output.toString());
      assertThat(inference.rows()).isEqualTo(SAMPLES);
    }
    assertThat(died).exists();
    requireAllOnce(data, TestData.read(output, "id"));
  }

  /** Rows of a partition, the 500th of which kills the JVM, once in all. */
  private static final class DeadlyRows implements java.util.Iterator<Row> {
    private final java.util.Iterator<Row> rows;
    private final Path marker;
    private int count;

    DeadlyRows(java.util.Iterator<Row> rows, String marker) {
      this.rows = rows;
      this.marker = Path.of(marker);
    }

    @Override
    public boolean hasNext() {
      return rows.hasNext();
    }

    @Override
    public Row next() {
      if (++count == 500) {
        try {
          Files.createFile(marker);
          Runtime.getRuntime().halt(137);
        } catch (FileAlreadyExistsException _) {
          // Another task has died.
        } catch (IOException e) {
          throw new java.io.UncheckedIOException(e);
        }
      }
      return rows.next();
    }
  }

  private static void requireAllOnce(TestData data, List<Row> rows) throws IOException {
    float[][] expected = data.expected();
    assertThat(rows.stream().map(row -> row.getInt(0)))
        .containsExactlyElementsOf(java.util.stream.IntStream.range(0, SAMPLES).boxed().toList());
    for (int n = 0; n < SAMPLES; n++) {
      TestData.requireOutputs(rows.get(n), expected[n]);
    }
  }
}
