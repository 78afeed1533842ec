package org.bitindex.generate;

import java.util.Arrays;

/**
 * The keys and values of one sequence, by layer and position; grows as tokens come. Not safe for
 * use by several threads.
 */
public final class KeyValueCache {
  private static final int FIRST_CAPACITY = 64;

  /** How an entry is kept. */
  public enum Precision {
    /** As it is: 32 bits. */
    FLOAT32,
    /** x ~ q * max / 127 for each head, q of 8 bits. */
    INT8
  }

  private final int width;
  private final int headDimension;
  private final Precision precision;
  private final Rows[] keys;
  private final Rows[] values;
  private int length;

  /** An empty cache for sequences of the decoder {@code config}. */
  public KeyValueCache(DecoderConfig config, Precision precision) {
    this.width = config.keyValueWidth();
    this.headDimension = config.headDimension();
    this.precision = precision;
    this.keys = new Rows[config.layers()];
    this.values = new Rows[config.layers()];
    Arrays.setAll(keys, _ -> new Rows());
    Arrays.setAll(values, _ -> new Rows());
  }

  /** Tokens of the sequence so far. */
  public int length() {
    return length;
  }

  /** Bytes in use. */
  public long bytes() {
    long floats = (long) length * width;
    long entries =
        precision == Precision.FLOAT32
            ? floats * Float.BYTES
            : floats + floats / headDimension * Float.BYTES;
    return 2L * keys.length * entries;
  }

  /** Forgets all but the first {@code tokens} tokens. */
  public void truncate(int tokens) {
    if (tokens < 0 || tokens > length) {
      throw new IllegalArgumentException(
          "a sequence of " + length + " tokens cannot be cut to " + tokens);
    }
    length = tokens;
  }

  void grow(int tokens) {
    length += tokens;
  }

  void put(int layer, int position, float[] key, float[] value, int from) {
    keys[layer].put(position, key, from);
    values[layer].put(position, value, from);
  }

  /**
   * Features of one head at neighbouring positions: those of position t begin at {@code from} + t
   * {@code stride}.
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Head(float[] floats, int from, int stride) {}

  /** The keys at the first positions of the head whose first feature is {@code feature}. */
  Head keys(int layer, int feature, int positions) {
    return keys[layer].head(feature, positions);
  }

  /** Its values. */
  Head values(int layer, int feature, int positions) {
    return values[layer].head(feature, positions);
  }

  /** One row of features for each position. */
  private final class Rows {
    private float[] floats = {};
    private byte[] bytes = {};
    private float[] scales = {};

    void put(int position, float[] source, int from) {
      reserve(position + 1);
      int at = position * width;
      if (precision == Precision.FLOAT32) {
        System.arraycopy(source, from, floats, at, width);
        return;
      }
      for (int feature = 0; feature < width; feature += headDimension) {
        float max = 0;
        for (int i = 0; i < headDimension; i++) {
          max = Math.max(max, Math.abs(source[from + feature + i]));
        }
        scales[(at + feature) / headDimension] = max / Byte.MAX_VALUE;
        for (int i = 0; i < headDimension; i++) {
          float x = source[from + feature + i];
          bytes[at + feature + i] =
              max == 0 ? 0 : (byte) StrictMath.rint((double) x * Byte.MAX_VALUE / max);
        }
      }
    }

    private void reserve(int positions) {
      int used = precision == Precision.FLOAT32 ? floats.length : bytes.length;
      if (positions * width <= used) {
        return;
      }
      int capacity = Math.max(FIRST_CAPACITY, Math.max(positions, 2 * (used / width))) * width;
      if (precision == Precision.FLOAT32) {
        floats = Arrays.copyOf(floats, capacity);
      } else {
        bytes = Arrays.copyOf(bytes, capacity);
        scales = Arrays.copyOf(scales, capacity / headDimension);
      }
    }

    Head head(int feature, int positions) {
      if (precision == Precision.FLOAT32) {
        return new Head(floats, feature, width);
      }
      float[] decoded = new float[positions * headDimension];
      for (int t = 0; t < positions; t++) {
        int at = t * width + feature;
        float scale = scales[at / headDimension];
        for (int i = 0; i < headDimension; i++) {
          decoded[t * headDimension + i] = scale * bytes[at + i];
        }
      }
      return new Head(decoded, 0, headDimension);
    }
  }
}
