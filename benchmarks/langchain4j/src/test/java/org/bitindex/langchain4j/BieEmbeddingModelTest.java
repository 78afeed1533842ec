package org.bitindex.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.store.embedding.CosineSimilarity;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TinyEmbedder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BieEmbeddingModelTest {
  @TempDir private Path folder;

  @Test
  void textsBecomeEmbeddingsInTheirOrder() throws Exception {
    try (var model = new BieEmbeddingModel(TinyEmbedder.open(folder, Pooling.MEAN))) {
      List<Embedding> embeddings =
          model
              .embedAll(List.of(TextSegment.from("east"), TextSegment.from("north north east")))
              .content();
      assertThat(embeddings).hasSize(2);
      assertThat(embeddings.getFirst()).isEqualTo(model.embed("East").content());
      assertThat(embeddings.getLast()).isNotEqualTo(embeddings.getFirst());
      assertThat(CosineSimilarity.between(embeddings.getFirst(), embeddings.getFirst()))
          .isCloseTo(1, org.assertj.core.api.Assertions.within(1e-6));
      assertThat(model.dimension()).isEqualTo(2);
    }
  }
}
