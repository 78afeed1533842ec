package org.bitindex.layout;

import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.VectorApi;

/** The twin of {@link ScalarListKernel} with SIMD instructions of one width. */
final class VectorListKernel implements ListKernel {
  private static final VectorShape SHAPE = VectorApi.shape(MethodHandles.lookup());
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Short> SHORT =
      VectorSpecies.of(short.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));

  /** No narrower shape than 64 bits exists. */
  private static final VectorSpecies<Byte> BYTE =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, SHAPE.vectorBitSize() / 4)));

  private static final int LANES = INT.length();
  private static final long LANES_MASK = (1L << LANES) - 1;
  private static final IntVector LANE_NUMBERS = IntVector.zero(INT).addIndex(1);

  /** No branch depends on the bits within a word: their lanes are packed, all lanes stored. */
  @Override
  public int list(long[] words, int from, int to, int first, int[] target, int at) {
    int end = at;
    for (int w = from; w < to; w++) {
      long word = words[w];
      if (word == 0) {
        continue;
      }
      int base = first + ((w - from) << 6);
      for (int j = 0; j < Long.SIZE; j += LANES) {
        long bits = word >>> j & LANES_MASK;
        LANE_NUMBERS.add(base + j).compress(VectorMask.fromLong(INT, bits)).intoArray(target, end);
        end += Long.bitCount(bits);
      }
    }
    return end;
  }

  @Override
  public void narrow(int[] numbers, int count, byte[] target) {
    for (int i = 0; i < count; i += LANES) {
      IntVector lanes = IntVector.fromArray(INT, numbers, i);
      ((ByteVector) lanes.convertShape(VectorOperators.I2B, BYTE, 0)).intoArray(target, i);
    }
  }

  @Override
  public void narrow(int[] numbers, int count, short[] target) {
    for (int i = 0; i < count; i += LANES) {
      IntVector lanes = IntVector.fromArray(INT, numbers, i);
      ((ShortVector) lanes.convertShape(VectorOperators.I2S, SHORT, 0)).intoArray(target, i);
    }
  }
}
