package org.bitindex.spark;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.text.Tokenizer;
import org.jspecify.annotations.Nullable;

/**
 * {@code bie_embed(column)}: the vector of a text, {@code array<float>} of length 1, and null for
 * null. A vector has the same bits on every executor, whatever the partitions.
 *
 * @param model name of the network's file among Spark's files
 * @param tokenizer name of its {@code tokenizer.json} there
 * @param maxTokens the most tokens that the network takes
 * @param threads CPU threads of one text, which are the cores of a task
 */
public record TextFunction(
    String model, String tokenizer, int maxTokens, Pooling pooling, int threads)
    implements UDF1<@Nullable String, float @Nullable []> {
  /** The function's name in SQL. */
  public static final String NAME = "bie_embed";

  private static final ExecutorFiles<TextFunction, TextEmbedder> OPENED = new ExecutorFiles<>();

  /** Spark must show the application's files to the session's jobs. */
  private static final String ISOLATION = "spark.sql.artifact.isolation.enabled";

  /**
   * Registers {@value #NAME} with a session, whose executors get the two files.
   *
   * @param model an ONNX file, or what {@code bie encode} makes of one
   * @param tokenizer a {@code tokenizer.json} of Hugging Face
   * @param maxTokens the most tokens that the network takes; longer texts are cut
   * @throws IOException if a file cannot be read, or is none
   * @throws IllegalStateException if the session hides files from its jobs
   */
  public static void register(
      SparkSession session, Path model, Path tokenizer, int maxTokens, Pooling pooling)
      throws IOException {
    TextEmbedder.open(model, tokenizer, maxTokens, pooling).close(); // fails here, not in a task
    if (!session.conf().get(ISOLATION, "true").equals("false")) {
      throw new IllegalStateException(
          "the session hides files from its jobs: start it with --conf " + ISOLATION + "=false");
    }
    SparkContext context = session.sparkContext();
    context.addFile(model.toUri().toString());
    context.addFile(tokenizer.toUri().toString());
    var function =
        new TextFunction(
            model.getFileName().toString(),
            tokenizer.getFileName().toString(),
            maxTokens,
            pooling,
            context.conf().getInt("spark.task.cpus", 1));
    session.udf().register(NAME, function, DataTypes.createArrayType(DataTypes.FloatType, false));
  }

  @Override
  public float @Nullable [] call(@Nullable String text) throws IOException {
    return text == null ? null : OPENED.get(this, this::open).embed(text);
  }

  private TextEmbedder open(Path folder) throws IOException {
    Tokenizer opened = Tokenizer.open(folder.resolve(tokenizer)).withMaxTokens(maxTokens);
    Backend backend = Backends.open(Backends.AUTO, threads);
    try {
      NetworkOptions options = NetworkOptions.on(backend).withThreads(threads);
      return new TextEmbedder(Network.open(folder.resolve(model), options), opened, pooling);
    } catch (Throwable t) {
      backend.close();
      throw t;
    }
  }
}
