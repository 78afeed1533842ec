package org.bitindex.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;
import org.bitindex.embed.TinyEmbedder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextFunctionTest {
  @TempDir private Path folder;

  @Test
  void sqlGivesTheVectorsOfOneProcess() throws Exception {
    try (TextEmbedder embedder = TinyEmbedder.open(folder, Pooling.MEAN);
        SparkSession session = Session.open(SparkRun.options("--master=local[2]"))) {
      TextFunction.register(
          session, folder.resolve("m.onnx"), folder.resolve("tokenizer.json"), 3, Pooling.MEAN);
      List<String> texts = List.of("east", "north north", "", "east north");
      session
          .createDataset(texts, Encoders.STRING())
          .repartition(3)
          .createOrReplaceTempView("texts");
      List<Row> rows =
          session.sql("SELECT value, bie_embed(value) AS vector FROM texts").collectAsList();
      assertThat(rows).hasSize(texts.size());
      for (Row row : rows) {
        float[] expected = embedder.embed(row.getString(0));
        assertThat(row.<Float>getList(1)).containsExactly(expected[0], expected[1]);
      }
      assertThat(session.sql("SELECT bie_embed(NULL)").first().isNullAt(0)).isTrue();
    }
  }

  @Test
  void whatCannotWorkIsRefusedBeforeAnyTaskRuns() throws Exception {
    TinyEmbedder.open(folder, Pooling.MEAN).close();
    Path model = folder.resolve("m.onnx");
    Path tokenizer = folder.resolve("tokenizer.json");
    try (SparkSession session = Session.open(SparkRun.options("--master=local[1]"))) {
      assertThatThrownBy(() ->
              TextFunction.register(session, model, folder.resolve("none.json"), 3, Pooling.MEAN))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("none.json");
      session.conf().set("spark.sql.artifact.isolation.enabled", "true");
      assertThatThrownBy(() -> TextFunction.register(session, model, tokenizer, 3, Pooling.MEAN))
          .hasMessageContaining("--conf spark.sql.artifact.isolation.enabled=false");
    }
    assertThat(Files.exists(model)).isTrue();
  }
}
