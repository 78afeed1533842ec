package org.bitindex.springai;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.embed.TextEmbedder;
import org.springframework.ai.document.Document;
import org.springframework.ai.embedding.AbstractEmbeddingModel;
import org.springframework.ai.embedding.Embedding;
import org.springframework.ai.embedding.EmbeddingRequest;
import org.springframework.ai.embedding.EmbeddingResponse;

/**
 * Embeddings in process and in Java alone. A text's vector has the same bits whatever texts stand
 * beside it. Options of a request are not looked at. Safe for use by many threads.
 */
public final class BieEmbeddingModel extends AbstractEmbeddingModel implements AutoCloseable {
  private final TextEmbedder embedder;

  /** A model over {@code embedder}, which is closed with it: a bean's destroy method is close. */
  public BieEmbeddingModel(TextEmbedder embedder) {
    this.embedder = embedder;
  }

  @Override
  public EmbeddingResponse call(EmbeddingRequest request) {
    List<Embedding> embeddings = new ArrayList<>();
    for (float[] vector : embedder.embed(request.getInstructions())) {
      embeddings.add(new Embedding(vector, embeddings.size()));
    }
    return new EmbeddingResponse(embeddings);
  }

  @Override
  public float[] embed(Document document) {
    String text = document.getText();
    if (text == null) {
      throw new IllegalArgumentException("document " + document.getId() + " has no text");
    }
    return embedder.embed(text);
  }

  /** Closes the embedder. */
  @Override
  public void close() {
    embedder.close();
  }
}
