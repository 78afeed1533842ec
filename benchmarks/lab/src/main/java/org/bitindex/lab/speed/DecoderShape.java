package org.bitindex.lab.speed;

import java.util.List;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.Rope;

/**
 * The shape of a Llama 3.2, whole or a share of it: so many of its layers, and as large a share of
 * its vocabulary. A share s of a model takes s of its time, its bytes and its memory.
 *
 * @param name how the command line calls it
 */
public record DecoderShape(
    String name, int dimension, int hidden, int layers, int heads, int keyValueHeads) {
  private static final int VOCABULARY = 128_256;

  /** Llama 3.2 of 1.2 and 3.2 billion weights. */
  public static final List<DecoderShape> ALL =
      List.of(
          new DecoderShape("1b", 2048, 8192, 16, 32, 8),
          new DecoderShape("3b", 3072, 8192, 28, 24, 8));

  /** A decoder of {@code made} layers and as large a share of the vocabulary. */
  public DecoderConfig config(int made) {
    return new DecoderConfig(
        dimension,
        hidden,
        made,
        heads,
        keyValueHeads,
        dimension / heads,
        Math.toIntExact((long) VOCABULARY * made / layers),
        4096,
        1e-5f,
        new Rope(500_000, Rope.Pairs.HALVES, new Rope.Scaling.None()),
        DecoderConfig.Gate.SILU);
  }
}
