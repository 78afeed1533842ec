package org.bitindex.io.format;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bitindex.internal.LittleEndian;

/**
 * The element types of GGUF files that can be read: blocks of weights with common scales (ggml's
 * {@code ggml-common.h} and {@code dequantize_row_*}).
 */
public enum GgufBlock {
  F32(0, 1, 4) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      y[to] = b.get(LittleEndian.FLOAT, at);
    }
  },
  F16(1, 1, 2) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      y[to] = half(b, at);
    }
  },
  BF16(30, 1, 2) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      y[to] = Float.intBitsToFloat(b.get(LittleEndian.SHORT, at) << 16);
    }
  },
  /** d * (q - 8), q of 4 bits; the low nibbles are the first half. */
  Q4_0(2, 32, 18) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      float d = half(b, at);
      for (int i = 0; i < 16; i++) {
        int pair = unsigned(b, at + 2 + i);
        y[to + i] = d * ((pair & 0xF) - 8);
        y[to + i + 16] = d * ((pair >> 4) - 8);
      }
    }
  },
  /** d * q, q of 8 bits. */
  Q8_0(8, 32, 34) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      float d = half(b, at);
      for (int i = 0; i < 32; i++) {
        y[to + i] = d * b.get(ValueLayout.JAVA_BYTE, at + 2 + i);
      }
    }
  },
  /** d * scale * q - dmin * min, with scale and min of 6 bits for each 32 weights. */
  Q4_K(12, 256, 144) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      float d = half(b, at);
      float dmin = half(b, at + 2);
      for (int group = 0; group < 8; group++) {
        float scale = d * sixBits(b, at + 4, group, 0);
        float min = dmin * sixBits(b, at + 4, group, 4);
        long from = at + 16 + group / 2 * 32L;
        int shift = group % 2 * 4;
        for (int i = 0; i < 32; i++) {
          y[to + group * 32 + i] = scale * (unsigned(b, from + i) >> shift & 0xF) - min;
        }
      }
    }
  },
  /** d * scale * (q - 32), q of 6 bits, with a scale of 8 bits for each 16 weights. */
  Q6_K(14, 256, 210) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      float d = half(b, at + 208);
      for (int i = 0; i < 256; i++) {
        int half = i / 128;
        int quarter = i % 128 / 32;
        int lane = i % 32;
        int low =
            unsigned(b, at + half * 64L + quarter % 2 * 32L + lane) >> (quarter / 2 * 4) & 0xF;
        int high = unsigned(b, at + 128 + half * 32L + lane) >> (quarter * 2) & 3;
        int scale = b.get(ValueLayout.JAVA_BYTE, at + 192 + i / 16);
        y[to + i] = d * scale * ((high << 4 | low) - 32);
      }
    }
  },
  /** d * q, q in -1, 0, 1; five to a byte. */
  TQ1_0(34, 256, 54) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      float d = half(b, at + 52);
      int next = trits(b, at, 32, 5, d, y, to);
      next = trits(b, at + 32, 16, 5, d, y, next);
      trits(b, at + 48, 4, 4, d, y, next);
    }
  },
  /** d * q, q in -1, 0, 1 (and 2); four to a byte. */
  TQ2_0(35, 256, 66) {
    @Override
    public void decode(MemorySegment b, long at, float[] y, int to) {
      float d = half(b, at + 64);
      for (int i = 0; i < 256; i++) {
        int q = unsigned(b, at + i / 128 * 32L + i % 32) >> (i % 128 / 32 * 2) & 3;
        y[to + i] = d * (q - 1);
      }
    }
  };

  private final int id;
  private final int weights;
  private final int bytes;

  GgufBlock(int id, int weights, int bytes) {
    this.id = id;
    this.weights = weights;
    this.bytes = bytes;
  }

  /** Decodes the block at {@code at} to {@code y[to]} and on. */
  public abstract void decode(MemorySegment b, long at, float[] y, int to);

  public int id() {
    return id;
  }

  /** Weights of a block. */
  public int weights() {
    return weights;
  }

  /** Bytes of a block. */
  public int bytes() {
    return bytes;
  }

  private static float half(MemorySegment b, long at) {
    return Float.float16ToFloat(b.get(LittleEndian.SHORT, at));
  }

  private static int unsigned(MemorySegment b, long at) {
    return Byte.toUnsignedInt(b.get(ValueLayout.JAVA_BYTE, at));
  }

  /** Scale (offset 0) or minimum (offset 4) of a group of Q4_K: 8 + 8 numbers of 6 bits. */
  private static int sixBits(MemorySegment b, long at, int group, int offset) {
    if (group < 4) {
      return unsigned(b, at + group + offset) & 63;
    }
    int low = unsigned(b, at + group + 4) >> offset & 0xF;
    return low | unsigned(b, at + group - 4 + offset) >> 6 << 4;
  }

  /** {@code perByte} times {@code count} numbers to base 3, stored as fractions of 243 of 256. */
  private static int trits(
      MemorySegment b, long at, int count, int perByte, float d, float[] y, int to) {
    int power = 1;
    int next = to;
    for (int n = 0; n < perByte; n++) {
      for (int i = 0; i < count; i++) {
        int q = (((unsigned(b, at + i) * power) & 0xFF) * 3) >> 8;
        y[next++] = d * (q - 1);
      }
      power *= 3;
    }
    return next;
  }
}
