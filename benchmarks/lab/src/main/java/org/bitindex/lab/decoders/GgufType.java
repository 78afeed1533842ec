package org.bitindex.lab.decoders;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * How GGUF files store weights; quantised as {@code ggml-quants.c} does without importances. A row
 * is cut into blocks of neighbouring weights, and its length must be a multiple of a block.
 */
public enum GgufType {
  /** 32 bits a weight. */
  F32(0, 1, 4) {
    @Override
    void block(float[] w, int from, ByteBuffer out) {
      out.putFloat(w[from]);
    }
  },
  /** 32 weights of 4 bits and a scale of 16: weight = d (q - 8), d = the largest weight / -8. */
  Q4_0(2, 32, 18) {
    @Override
    void block(float[] w, int from, ByteBuffer out) {
      float largest = 0;
      for (int i = 0; i < weights(); i++) {
        if (Math.abs(w[from + i]) > Math.abs(largest)) {
          largest = w[from + i];
        }
      }
      float d = largest / -8;
      float inverse = d == 0 ? 0 : 1 / d;
      out.putShort(Float.floatToFloat16(d));
      for (int i = 0; i < 16; i++) {
        int low = Math.min(15, (int) (w[from + i] * inverse + 8.5f));
        int high = Math.min(15, (int) (w[from + i + 16] * inverse + 8.5f));
        out.put((byte) (low | (high << 4)));
      }
    }
  },
  /** 32 weights of 8 bits and a scale of 16: weight = d q, d = the largest magnitude / 127. */
  Q8_0(8, 32, 34) {
    @Override
    void block(float[] w, int from, ByteBuffer out) {
      float d = largest(w, from, weights()) / 127;
      float inverse = d == 0 ? 0 : 1 / d;
      out.putShort(Float.floatToFloat16(d));
      for (int i = 0; i < weights(); i++) {
        out.put((byte) Math.round(w[from + i] * inverse));
      }
    }
  },
  /** 256 weights of 2 bits and a scale of 16: weight = d (q - 1), d = the largest magnitude. */
  TQ2_0(35, 256, 66) {
    @Override
    void block(float[] w, int from, ByteBuffer out) {
      float d = largest(w, from, weights());
      float inverse = d == 0 ? 0 : 1 / d;
      for (int half = from; half < from + weights(); half += 128) {
        for (int i = 0; i < 32; i++) {
          int bits = 0;
          for (int k = 0; k < 4; k++) {
            bits |= (Math.round(w[half + i + 32 * k] * inverse) + 1) << (2 * k);
          }
          out.put((byte) bits);
        }
      }
      out.putShort(Float.floatToFloat16(d));
    }
  };

  private final int id;
  private final int weights;
  private final int bytes;

  GgufType(int id, int weights, int bytes) {
    this.id = id;
    this.weights = weights;
    this.bytes = bytes;
  }

  /** Writes the block of {@code w} that starts at {@code from}. */
  abstract void block(float[] w, int from, ByteBuffer out);

  private static float largest(float[] w, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(w[i]));
    }
    return largest;
  }

  /** Its number in the file. */
  int id() {
    return id;
  }

  /** Weights of a block. */
  public int weights() {
    return weights;
  }

  /** Bytes of a row of {@code columns} weights. */
  long rowBytes(int columns) {
    return (long) columns / weights * bytes;
  }

  /** Writes a row. */
  void row(float[] w, ByteBuffer out) {
    for (int from = 0; from < w.length; from += weights) {
      block(w, from, out);
    }
  }

  /** As the command line spells it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
