package org.bitindex.langchain4j;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.DimensionAwareEmbeddingModel;
import dev.langchain4j.model.output.Response;
import java.util.List;
import org.bitindex.embed.TextEmbedder;

/**
 * Embeddings in process and in Java alone. A text's vector has the same bits whatever texts stand
 * beside it. Safe for use by many threads.
 */
public final class BieEmbeddingModel extends DimensionAwareEmbeddingModel implements AutoCloseable {
  private final TextEmbedder embedder;

  /** A model over {@code embedder}, which is closed with it. */
  public BieEmbeddingModel(TextEmbedder embedder) {
    this.embedder = embedder;
  }

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    List<String> texts = segments.stream().map(TextSegment::text).toList();
    return Response.from(embedder.embed(texts).stream().map(Embedding::from).toList());
  }

  /** Closes the embedder. */
  @Override
  public void close() {
    embedder.close();
  }
}
