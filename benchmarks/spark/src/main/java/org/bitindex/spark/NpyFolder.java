package org.bitindex.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.NamedTensor;

/**
 * Samples in .npy files that all machines see under the same path. The driver reads the headers;
 * tasks map the files and read their own rows. The keys of a sample are its file and row.
 */
final class NpyFolder {
  private static final String SUFFIX = ".npy";

  private static final StructType KEYS =
      new StructType()
          .add("file", DataTypes.StringType, false)
          .add("row", DataTypes.LongType, false);

  private NpyFolder() {}

  /** The .npy files of a folder in the order of their names, or the one that {@code path} is. */
  static List<Path> list(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return path.toString().endsWith(SUFFIX) ? List.of(path.toAbsolutePath()) : List.of();
    }
    try (Stream<Path> files = Files.list(path.toAbsolutePath())) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  /**
   * The rows of all files, cut into partitions of equal numbers of rows.
   *
   * @param partitions how many, or 0: as many as fit Spark's size of a file partition, but at least
   *     one for each core
   */
  static SampleRows samples(
      SparkSession session, List<Path> files, int partitions, int inputColumns) throws IOException {
    List<NpySlice> whole = new ArrayList<>();
    long rows = 0;
    for (Path path : files) {
      try (NpyFile file = NpyFile.open(path)) {
        NamedTensor tensor = file.tensor();
        if (!tensor.isMatrix()) {
          throw new IOException(
              "%s holds no rows of floats but %s of shape %s"
                  .formatted(path, tensor.type(), tensor.shape()));
        }
        int count = Math.toIntExact(tensor.shape().getFirst());
        whole.add(new NpySlice(path.toString(), 0, count));
        rows += count;
      }
    }
    var context = JavaSparkContext.fromSparkContext(session.sparkContext());
    long wanted = partitions;
    if (partitions == 0) {
      long partitionBytes = session.sessionState().conf().filesMaxPartitionBytes();
      long bytes = rows * inputColumns * Float.BYTES;
      wanted = Math.max(context.defaultParallelism(), bytes / partitionBytes);
    }
    int count = (int) Math.max(1, Math.min(wanted, Math.min(rows, Integer.MAX_VALUE)));
    JavaRDD<Row> samples =
        context.parallelize(NpySlice.cut(whole, rows, count), count).flatMap(NpyRows::new);
    return new SampleRows(samples, KEYS);
  }
}
