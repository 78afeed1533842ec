package org.bitindex.lab.speed;

import java.util.Arrays;
import java.util.List;
import org.bitindex.generate.Decoder;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.KeyValueCache;
import org.bitindex.generate.Rope;

/**
 * Seconds that a decoder of random weights takes, from a few of its layers and a share of its
 * vocabulary: each layer takes as long as the next, and a head as long as its rows are many.
 *
 * @param layer seconds of a layer
 * @param head seconds of the whole head
 * @param layers number of layers of the whole model
 */
public record DecoderSpeed(double layer, double head, int layers) {
  private static final int RUNS = 7;

  /**
   * The shape of a Llama 3.2.
   *
   * @param name how the command line calls it
   */
  public record Shape(
      String name, int dimension, int hidden, int layers, int heads, int keyValueHeads) {
    /** Rows of the head that are made: one of so many. */
    static final int HEAD_SHARE = 16;

    private static final int VOCABULARY = 128_256;

    /** Llama 3.2 of 1.2 and 3.2 billion weights. */
    public static final List<Shape> ALL =
        List.of(new Shape("1b", 2048, 8192, 16, 32, 8), new Shape("3b", 3072, 8192, 28, 24, 8));

    /** A decoder of so many layers of this shape, with a share of the vocabulary. */
    public DecoderConfig config(int made) {
      return new DecoderConfig(
          dimension,
          hidden,
          made,
          heads,
          keyValueHeads,
          dimension / heads,
          VOCABULARY / HEAD_SHARE,
          4096,
          1e-5f,
          new Rope(500_000, Rope.Pairs.HALVES, new Rope.Scaling.None()),
          DecoderConfig.Gate.SILU);
    }
  }

  /**
   * Measures the forward pass of {@code tokens} tokens at the start of a text, whose last one gives
   * logits: the median of seven runs after {@code warmUp} seconds.
   *
   * @param weights of {@code decoder}
   */
  public static DecoderSpeed measure(
      Shape shape, Decoder decoder, RandomDecoder weights, int tokens, double warmUp) {
    DecoderConfig config = decoder.config();
    int[] ids = new int[tokens];
    Arrays.setAll(ids, i -> i % config.vocabulary());
    float[] features = new float[config.dimension()];
    weights.embedding(7, features);
    float[] logits = new float[config.vocabulary()];
    Runnable head = () -> weights.head().multiply(features, 1, logits);
    Runnable all =
        () -> {
          var cache = new KeyValueCache(config, KeyValueCache.Precision.FLOAT32);
          decoder.forward(List.of(new Decoder.Input(cache, ids)), Decoder.Logits.LAST);
        };
    long start = System.nanoTime();
    do {
      all.run();
      head.run();
    } while (System.nanoTime() - start < warmUp * 1e9);
    double[] heads = new double[RUNS];
    double[] whole = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      whole[run] = seconds(all);
      heads[run] = seconds(head);
    }
    Arrays.sort(heads);
    Arrays.sort(whole);
    double ofHead = heads[RUNS / 2];
    double ofLayer = Math.max(0, whole[RUNS / 2] - ofHead) / config.layers();
    return new DecoderSpeed(ofLayer, ofHead * Shape.HEAD_SHARE, shape.layers());
  }

  private static double seconds(Runnable run) {
    long start = System.nanoTime();
    run.run();
    return (System.nanoTime() - start) * 1e-9;
  }

  /** Seconds of the whole model. */
  public double seconds() {
    return layer * layers + head;
  }
}
