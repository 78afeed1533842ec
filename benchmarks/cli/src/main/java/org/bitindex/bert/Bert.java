package org.bitindex.bert;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.bitindex.matrix.Weights;

/**
 * The parts of a BERT encoder; L is what stands for a linear layer: its weights, or something that
 * multiplies.
 *
 * @param words an embedding of {@code hidden} floats for each token of the vocabulary
 * @param positions the same for each position; their number is the longest input
 * @param segment the embedding of the first segment, the only one that a single sentence has
 * @param embeddingNorm after the sum of the three
 * @param blocks at least one
 * @param heads of attention; divides {@code hidden}
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public record Bert<L>(
    Weights words,
    Weights positions,
    float[] segment,
    LayerNorm embeddingNorm,
    List<Block<L>> blocks,
    int heads) {
  /** One transformer block, normalised after each of its halves. */
  public record Block<L>(
      L query,
      L key,
      L value,
      L attentionOutput,
      LayerNorm attentionNorm,
      L intermediate,
      L output,
      LayerNorm outputNorm) {
    /** The linear layers in the order of their use. */
    public List<L> linearLayers() {
      return List.of(query, key, value, attentionOutput, intermediate, output);
    }

    <M> Block<M> map(Function<? super L, ? extends M> change) {
      return new Block<>(
          change.apply(query),
          change.apply(key),
          change.apply(value),
          change.apply(attentionOutput),
          attentionNorm,
          change.apply(intermediate),
          change.apply(output),
          outputNorm);
    }
  }

  public Bert {
    blocks = List.copyOf(blocks);
    if (words.columns() % heads != 0) {
      throw new IllegalArgumentException(
          heads + " heads do not divide " + words.columns() + " columns");
    }
  }

  /** Floats of an embedding. */
  public int hidden() {
    return words.columns();
  }

  /** The linear layers in the order of their use. */
  public Stream<L> linearLayers() {
    return blocks.stream().flatMap(block -> block.linearLayers().stream());
  }

  /** The same model with other linear layers, made in the order of their use. */
  public <M> Bert<M> map(Function<? super L, ? extends M> change) {
    List<Block<M>> changed = blocks.stream().<Block<M>>map(block -> block.map(change)).toList();
    return new Bert<>(words, positions, segment, embeddingNorm, changed, heads);
  }

  /** The same model with other word embeddings. */
  public Bert<L> withWords(Weights other) {
    return new Bert<>(other, positions, segment, embeddingNorm, blocks, heads);
  }
}
