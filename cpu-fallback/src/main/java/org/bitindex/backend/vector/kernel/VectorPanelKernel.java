package org.bitindex.backend.vector.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** {@link PanelKernel} at the width of its class data. */
final class VectorPanelKernel implements PanelKernel {
  private static final VectorShape SHAPE = KernelLoader.shape(MethodHandles.lookup());
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Integer> HALF =
      VectorSpecies.of(int.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
  private static final int LANES = INT.length();
  private static final int BYTES = INT.vectorByteSize();

  /** A block of lanes x lanes ints. */
  private static final long BLOCK = (long) LANES * BYTES;

  /** Where in the work space the block before or after transposition lies. */
  private static final long RESULT = BLOCK;

  private static final IntVector LOW = interleave(0);
  private static final IntVector HIGH = interleave(LANES / 2);

  /** Lanes of two vectors in turn, from lane {@code first} of each on. */
  private static IntVector interleave(int first) {
    int[] lanes = new int[LANES];
    for (int i = 0; i < LANES; i++) {
      lanes[i] = first + i / 2 + (i & 1) * LANES;
    }
    return IntVector.fromArray(INT, lanes, 0);
  }

  @Override
  public void transpose(
      int[] integers, int offset, int stride, int count, MemorySegment target, MemorySegment work) {
    for (int j = 0; j < count; j += LANES) {
      for (int s = 0; s < LANES; s++) {
        IntVector.fromArray(INT, integers, offset + s * stride + j)
            .intoMemorySegment(work, RESULT + (long) s * BYTES, nativeOrder());
      }
      transposeBlock(work, RESULT, work, target, (long) j * BYTES);
    }
  }

  /**
   * Transposes a block of lanes x lanes ints, by interleaving its halves log2(lanes) times.
   *
   * @param source the block, from byte {@code from} on
   * @param work its first block is used
   * @param target receives the result from byte {@code to} on
   */
  private static void transposeBlock(
      MemorySegment source, long from, MemorySegment work, MemorySegment target, long to) {
    // Written out: around so few steps, what the compiler makes of a loop costs more than they do.
    switch (LANES) {
      case 4 -> interleaveTwice(source, from, target, to);
      case 8 -> {
        interleaveTwice(source, from, work, 0);
        interleaveTwice(source, from + BYTES, work, 4L * BYTES);
        interleave(work, 0, target, to);
        interleave(work, BYTES, target, to + 2L * BYTES);
        interleave(work, 2L * BYTES, target, to + 4L * BYTES);
        interleave(work, 3L * BYTES, target, to + 6L * BYTES);
      }
      default -> {
        interleaveTwice(source, from, work, 0);
        interleaveTwice(source, from + BYTES, work, 4L * BYTES);
        interleaveTwice(source, from + 2L * BYTES, work, 8L * BYTES);
        interleaveTwice(source, from + 3L * BYTES, work, 12L * BYTES);
        interleaveTwice(work, 0, target, to);
        interleaveTwice(work, BYTES, target, to + 4L * BYTES);
        interleaveTwice(work, 2L * BYTES, target, to + 8L * BYTES);
        interleaveTwice(work, 3L * BYTES, target, to + 12L * BYTES);
      }
    }
  }

  /** The vectors at {@code at} and half a block further become two, their lanes in turn. */
  private static void interleave(MemorySegment source, long at, MemorySegment target, long to) {
    IntVector a = IntVector.fromMemorySegment(INT, source, at, nativeOrder());
    IntVector b = IntVector.fromMemorySegment(INT, source, at + BLOCK / 2, nativeOrder());
    LOW.selectFrom(a, b).intoMemorySegment(target, to, nativeOrder());
    HIGH.selectFrom(a, b).intoMemorySegment(target, to + BYTES, nativeOrder());
  }

  /** Two rounds of {@link #interleave} for four vectors, quarters of a block apart. */
  private static void interleaveTwice(
      MemorySegment source, long at, MemorySegment target, long to) {
    IntVector a = IntVector.fromMemorySegment(INT, source, at, nativeOrder());
    IntVector b = IntVector.fromMemorySegment(INT, source, at + BLOCK / 4, nativeOrder());
    IntVector c = IntVector.fromMemorySegment(INT, source, at + BLOCK / 2, nativeOrder());
    IntVector d = IntVector.fromMemorySegment(INT, source, at + 3 * BLOCK / 4, nativeOrder());
    IntVector lowAc = LOW.selectFrom(a, c);
    IntVector lowBd = LOW.selectFrom(b, d);
    IntVector highAc = HIGH.selectFrom(a, c);
    IntVector highBd = HIGH.selectFrom(b, d);
    LOW.selectFrom(lowAc, lowBd).intoMemorySegment(target, to, nativeOrder());
    HIGH.selectFrom(lowAc, lowBd).intoMemorySegment(target, to + BYTES, nativeOrder());
    LOW.selectFrom(highAc, highBd).intoMemorySegment(target, to + 2L * BYTES, nativeOrder());
    HIGH.selectFrom(highAc, highBd).intoMemorySegment(target, to + 3L * BYTES, nativeOrder());
  }

  @Override
  public void pack(MemorySegment second, int columns, MemorySegment panel) {
    for (int j = 0; j < columns; j++) {
      long at = (long) j * BYTES;
      IntVector.fromMemorySegment(INT, second, at, nativeOrder())
          .lanewise(VectorOperators.LSHL, Short.SIZE)
          .add(IntVector.fromMemorySegment(INT, panel, at, nativeOrder()))
          .intoMemorySegment(panel, at, nativeOrder());
    }
  }

  @Override
  public void unpack(
      MemorySegment packed, int rows, int coefficient, MemorySegment low, MemorySegment high) {
    IntVector factor = IntVector.broadcast(INT, coefficient);
    IntVector zero = IntVector.zero(INT);
    for (int row = 0; row < rows; row++) {
      long at = (long) row * BYTES;
      IntVector both = IntVector.fromMemorySegment(INT, packed, at, nativeOrder());
      zero.intoMemorySegment(packed, at, nativeOrder());
      IntVector first =
          both.lanewise(VectorOperators.LSHL, Short.SIZE)
              .lanewise(VectorOperators.ASHR, Short.SIZE);
      IntVector second = both.sub(first).lanewise(VectorOperators.ASHR, Short.SIZE);
      IntVector.fromMemorySegment(INT, low, at, nativeOrder())
          .add(first.mul(factor))
          .intoMemorySegment(low, at, nativeOrder());
      IntVector.fromMemorySegment(INT, high, at, nativeOrder())
          .add(second.mul(factor))
          .intoMemorySegment(high, at, nativeOrder());
    }
  }

  @Override
  public void addTransposed(
      MemorySegment sums,
      int count,
      int coefficient,
      double[] q,
      int qAt,
      int stride,
      int samples,
      MemorySegment work) {
    DoubleVector factor = DoubleVector.broadcast(DOUBLE, coefficient);
    for (int row = 0; row < count; row += LANES) {
      transposeBlock(sums, (long) row * BYTES, work, work, RESULT);
      for (int s = 0; s < samples; s++) {
        for (int lane = 0; lane < LANES; lane += LANES / 2) {
          IntVector sum =
              IntVector.fromMemorySegment(
                  HALF, work, RESULT + (long) s * BYTES + lane * 4L, nativeOrder());
          int target = qAt + s * stride + row + lane;
          ((DoubleVector) sum.convertShape(VectorOperators.I2D, DOUBLE, 0))
              .mul(factor)
              .add(DoubleVector.fromArray(DOUBLE, q, target))
              .intoArray(q, target);
        }
      }
    }
  }

  @Override
  public void writeTransposed(
      MemorySegment sums,
      int count,
      int coefficient,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work) {
    FloatVector factor = FloatVector.broadcast(FLOAT, coefficient);
    FloatVector zero = FloatVector.zero(FLOAT);
    for (int row = 0; row < count; row += LANES) {
      transposeBlock(sums, (long) row * BYTES, work, work, RESULT);
      for (int s = 0; s < samples; s++) {
        long at = RESULT + (long) s * BYTES;
        int target = yAt + s * stride + row;
        if (row + LANES > count) {
          writeFew(work, at, count - row, coefficient, y, target);
          continue;
        }
        IntVector sum = IntVector.fromMemorySegment(INT, work, at, nativeOrder());
        // Adding +0 turns the -0 of a negative coefficient and no sum into +0.
        ((FloatVector) sum.convertShape(VectorOperators.I2F, FLOAT, 0))
            .fma(factor, zero)
            .intoArray(y, target);
      }
    }
  }

  /** Less than a vector. */
  private static void writeFew(
      MemorySegment sums, long at, int count, int coefficient, float[] y, int yAt) {
    for (int i = 0; i < count; i++) {
      y[yAt + i] = (float) sums.get(JAVA_INT, at + (long) i * Integer.BYTES) * coefficient + 0f;
    }
  }
}
