package org.bitindex.springai;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TinyEmbedder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.EmbeddingResponse;

class BieEmbeddingModelTest {
  @TempDir private Path folder;

  @Test
  void textsBecomeEmbeddingsInTheirOrder() throws Exception {
    try (var model = new BieEmbeddingModel(TinyEmbedder.open(folder, Pooling.MEAN))) {
      EmbeddingResponse response = model.embedForResponse(List.of("east", "north north east"));
      assertThat(response.getResults()).hasSize(2);
      assertThat(response.getResults().get(1).getIndex()).isEqualTo(1);
      assertThat(response.getResults().getFirst().getOutput()).isEqualTo(model.embed("East"));
      assertThat(response.getResults().getLast().getOutput())
          .isEqualTo(model.embed(new Document("north north east")))
          .isNotEqualTo(model.embed("East"));
      assertThat(model.dimensions()).isEqualTo(2);
    }
  }
}
