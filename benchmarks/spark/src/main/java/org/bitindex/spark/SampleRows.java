package org.bitindex.spark;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.bitindex.cli.InferenceJob;

/**
 * The input of a job.
 *
 * @param rows the keys of a sample, then its features: an array or a sequence of floats, or null
 * @param keys names and types of the keys
 */
record SampleRows(JavaRDD<Row> rows, StructType keys) {
  /**
   * Opens Parquet, or .npy files where the input is a local file or folder of them.
   *
   * @throws IOException if the input does not exist or cannot be read, naming it
   */
  static SampleRows open(SparkSession session, InferenceJob job, int inputColumns)
      throws IOException {
    var path = new Path(job.input());
    FileSystem system = path.getFileSystem(session.sparkContext().hadoopConfiguration());
    if (!system.exists(path)) {
      throw new NoSuchFileException(job.input());
    }
    if (system.getUri().getScheme().equals("file")) {
      List<java.nio.file.Path> files =
          NpyFolder.list(java.nio.file.Path.of(path.toUri().getPath()));
      if (!files.isEmpty()) {
        return NpyFolder.samples(session, files, job.options().partitions(), inputColumns);
      }
    }
    return parquet(session, job);
  }

  private static SampleRows parquet(SparkSession session, InferenceJob job) throws IOException {
    Dataset<Row> table;
    try {
      table = session.read().parquet(job.input());
    } catch (Exception e) {
      // Scala's methods do not declare what they throw.
      if (e instanceof AnalysisException) {
        throw new IOException(job.input() + " holds neither .npy files nor Parquet", e);
      }
      throw e;
    }
    StructType keys = keys(table.schema(), job);
    List<Column> columns = new ArrayList<>();
    for (String name : keys.fieldNames()) {
      columns.add(column(name));
    }
    columns.add(column(job.options().column()));
    table = table.select(columns.toArray(Column[]::new));
    int partitions = job.options().partitions();
    return new SampleRows(
        (partitions == 0 ? table : table.repartition(partitions)).javaRDD(), keys);
  }

  private static StructType keys(StructType schema, InferenceJob job) throws IOException {
    String features = job.options().column();
    List<StructField> keys = new ArrayList<>();
    DataType type = null;
    for (StructField field : schema.fields()) {
      if (field.name().equals(features)) {
        type = field.dataType();
      } else {
        keys.add(field);
      }
    }
    if (type == null) {
      throw new IOException(
          "%s has no column %s (--column), it has %s"
              .formatted(job.input(), features, String.join(", ", schema.fieldNames())));
    }
    if (!(type instanceof ArrayType array) || !array.elementType().equals(DataTypes.FloatType)) {
      throw new IOException(
          "column %s of %s is %s, expected array<float>"
              .formatted(features, job.input(), type.simpleString()));
    }
    if (keys.stream().anyMatch(key -> key.name().equalsIgnoreCase(SparkEngine.OUTPUTS))) {
      throw new IOException(
          "%s has a column %s, which is the name of the outputs; rename it"
              .formatted(job.input(), SparkEngine.OUTPUTS));
    }
    return DataTypes.createStructType(keys);
  }

  /** A column of just this name, whatever dots are in it. */
  private static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }
}
