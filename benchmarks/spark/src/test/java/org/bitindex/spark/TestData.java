package org.bitindex.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Linear;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.io.IfExists;
import org.bitindex.io.NpyFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.nn.Sequential;
import org.jspecify.annotations.Nullable;

/** A small network, samples for it, and the outputs that the scalar reference gives. */
final class TestData {
  static final int INPUTS = 19;
  static final int OUTPUTS = 5;

  static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.IntegerType)
          .add("features", DataTypes.createArrayType(DataTypes.FloatType))
          .add("a.name", DataTypes.StringType);

  final Path folder;
  final Path model;
  final float[][] samples;

  TestData(Path folder, int count) throws IOException {
    this.folder = folder;
    model = folder.resolve("a model.safetensors");
    var random = new Random(7);
    try (EncodedMatrix first = matrix(random, 11, INPUTS);
        EncodedMatrix second = matrix(random, OUTPUTS, 11)) {
      List<Linear> layers =
          List.of(
              new Linear(first, new float[11], Activation.RELU),
              new Linear(second, new float[] {1, 2, 3, 4, 5}, Activation.NONE));
      new Sequential(layers).write(model, IfExists.REPLACE);
    }
    samples = new float[count][];
    for (int n = 0; n < count; n++) {
      samples[n] = gaussian(random, INPUTS);
    }
  }

  private static EncodedMatrix matrix(Random random, int rows, int columns) {
    DenseMatrix dense = DenseMatrix.of(rows, columns, gaussian(random, rows * columns));
    return new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Adaptive(), 1)
        .encode(dense);
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  /** The outputs of all samples by the scalar backend, in one batch. */
  float[][] expected() throws IOException {
    float[] input = new float[samples.length * INPUTS];
    for (int n = 0; n < samples.length; n++) {
      System.arraycopy(samples[n], 0, input, n * INPUTS, INPUTS);
    }
    try (Backend scalar = Backends.open("scalar", 1);
        Network network = Network.open(model, NetworkOptions.on(scalar))) {
      float[] output = RowNetwork.of(network).apply(input);
      return IntStream.range(0, samples.length)
          .mapToObj(n -> Arrays.copyOfRange(output, n * OUTPUTS, (n + 1) * OUTPUTS))
          .toArray(float[][]::new);
    }
  }

  /** Parquet of the samples, with keys on both sides of the features. */
  Path writeParquet() throws IOException {
    Path path = folder.resolve("samples.parquet");
    Row[] rows = new Row[samples.length];
    for (int n = 0; n < rows.length; n++) {
      rows[n] = RowFactory.create(n, samples[n], name(n));
    }
    write(path, SCHEMA, rows);
    return path;
  }

  static String name(int n) {
    return "sample " + n;
  }

  /** Parquet of one file for each 500 rows or fewer. */
  static void write(Path path, StructType schema, Row... rows) throws IOException {
    try (SparkSession session = session()) {
      var context = JavaSparkContext.fromSparkContext(session.sparkContext());
      session
          .createDataFrame(context.parallelize(List.of(rows), 1 + rows.length / 500), schema)
          .write()
          .parquet(path.toString());
    }
  }

  /** Three files of different lengths. */
  Path writeNpy() throws IOException {
    Path path = Files.createDirectory(folder.resolve("npy"));
    int[] ends = {0, samples.length / 2, samples.length / 2 + 1, samples.length};
    for (int f = 0; f < 3; f++) {
      float[] values = new float[(ends[f + 1] - ends[f]) * INPUTS];
      for (int n = ends[f]; n < ends[f + 1]; n++) {
        System.arraycopy(samples[n], 0, values, (n - ends[f]) * INPUTS, INPUTS);
      }
      DenseMatrix matrix = DenseMatrix.of(ends[f + 1] - ends[f], INPUTS, values);
      NpyFile.write(path.resolve(f + ".npy"), matrix, IfExists.REFUSE);
    }
    return path;
  }

  static List<Row> read(Path path, String... order) throws IOException {
    try (SparkSession session = session()) {
      String[] rest = Arrays.copyOfRange(order, 1, order.length);
      return session.read().parquet(path.toString()).orderBy(order[0], rest).collectAsList();
    }
  }

  /** A session for the test itself, which looks like the engine's. */
  static SparkSession session() {
    return Session.open(SparkRun.options("--master=local[1]"));
  }

  /** Requires these bits, or null for a row without outputs. */
  static void requireOutputs(Row row, float @Nullable [] expected) {
    if (expected == null) {
      assertThat(row.isNullAt(row.fieldIndex(SparkEngine.OUTPUTS))).as(row.toString()).isTrue();
      return;
    }
    List<Float> outputs = row.getList(row.fieldIndex(SparkEngine.OUTPUTS));
    assertThat(outputs.stream().map(Float::floatToRawIntBits))
        .as(row.toString())
        .containsExactly(
            IntStream.range(0, expected.length)
                .mapToObj(i -> Float.floatToRawIntBits(expected[i]))
                .toArray(Integer[]::new));
  }
}
