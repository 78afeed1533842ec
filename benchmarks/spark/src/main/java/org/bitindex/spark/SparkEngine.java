package org.bitindex.spark;

import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.bitindex.cli.InferenceEngine;
import org.bitindex.cli.InferenceJob;
import org.bitindex.graph.Network;

/** Batch inference on Apache Spark. The driver checks and plans, tasks on executors multiply. */
public final class SparkEngine implements InferenceEngine {
  /** The column of the outputs. */
  static final String OUTPUTS = "outputs";

  /** For ServiceLoader. */
  public SparkEngine() {}

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public Outcome run(InferenceJob job) throws IOException {
    int inputColumns = checkModel(job);
    try {
      long start = System.nanoTime();
      try (SparkSession session = Session.open(job.options())) {
        double startSeconds = secondsSince(start);
        return run(job, inputColumns, session, startSeconds);
      }
    } catch (Exception e) {
      throw SparkFailures.explain(e);
    }
  }

  /** Refuses a damaged model before anything starts, and returns the features of a sample. */
  private static int checkModel(InferenceJob job) throws IOException {
    try (Network network = Network.open(job.model())) {
      return RowNetwork.of(network).inputColumns();
    }
  }

  private static Outcome run(
      InferenceJob job, int inputColumns, SparkSession session, double startSeconds)
      throws IOException {
    long start = System.nanoTime();
    SparkContext context = session.sparkContext();
    Configuration hadoop = context.hadoopConfiguration();
    try (var output = OutputFolder.create(job.output(), job.input(), job.ifExists(), hadoop)) {
      context.addFile(job.model().toUri().toString());
      SampleRows samples = SampleRows.open(session, job, inputColumns);
      var inference =
          new RowInference(
              new ExecutorNetwork(
                  job.model().getFileName().toString(),
                  job.backend(),
                  job.activationBits(),
                  context.conf().getInt("spark.task.cpus", 1)),
              samples.keys().fieldNames(),
              job.options().onBadRow(),
              context.longAccumulator("rows"),
              context.longAccumulator("bad rows"));
      write(session, samples, inference, output.temporary());
      if (inference.rows() == 0) {
        throw new IOException(job.input() + " holds no samples");
      }
      output.commit();
      return new Outcome(
          inference.rows(),
          inference.badRows(),
          startSeconds,
          secondsSince(start),
          "Spark " + context.version() + ", " + context.master());
    }
  }

  /** Writes keys and outputs of all samples as Parquet: a file for each partition. */
  static void write(
      SparkSession session, SampleRows samples, RowInference inference, String location) {
    JavaRDD<Row> outputs = samples.rows().mapPartitions(inference);
    StructType schema =
        samples.keys().add(OUTPUTS, DataTypes.createArrayType(DataTypes.FloatType, false), true);
    session.createDataFrame(outputs, schema).write().parquet(location);
  }

  private static double secondsSince(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
