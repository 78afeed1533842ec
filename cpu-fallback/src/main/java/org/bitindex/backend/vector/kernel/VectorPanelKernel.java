package org.bitindex.backend.vector.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.nio.ByteOrder.nativeOrder;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.internal.Confinement;
import org.bitindex.internal.VectorApi;

/** {@link PanelKernel} at the width of its class data. */
final class VectorPanelKernel implements PanelKernel {
  private static final VectorShape SHAPE = VectorApi.shape(MethodHandles.lookup());
  private static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  private static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  private static final VectorSpecies<Double> DOUBLE = VectorSpecies.of(double.class, SHAPE);
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(float.class, VectorShape.forBitSize(SHAPE.vectorBitSize() / 2));
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
      int[] integers,
      int offset,
      int stride,
      int samples,
      int count,
      MemorySegment target,
      MemorySegment work) {
    for (int j = 0; j < count; j += LANES) {
      Confinement.requireShared(target);
      Confinement.requireShared(work);
      for (int s = 0; s < LANES; s++) {
        IntVector.fromArray(INT, integers, offset + Math.min(s, samples - 1) * stride + j)
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
  public void pack(
      MemorySegment second, int columns, int[] shifts, int shiftsAt, MemorySegment panel) {
    IntVector lowShift = IntVector.fromArray(INT, shifts, shiftsAt);
    IntVector highShift = IntVector.fromArray(INT, shifts, shiftsAt + LANES);
    for (int j = 0; j < columns; j++) {
      Confinement.requireShared(second);
      Confinement.requireShared(panel);
      long at = (long) j * BYTES;
      IntVector low =
          IntVector.fromMemorySegment(INT, panel, at, nativeOrder())
              .lanewise(VectorOperators.ASHR, lowShift);
      IntVector.fromMemorySegment(INT, second, at, nativeOrder())
          .lanewise(VectorOperators.ASHR, highShift)
          .lanewise(VectorOperators.LSHL, Short.SIZE)
          .add(low)
          .intoMemorySegment(panel, at, nativeOrder());
    }
  }

  @Override
  public void writeInts(
      MemorySegment totals,
      long from,
      int count,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work) {
    for (int row = 0; row < count; row += LANES) {
      Confinement.requireShared(totals);
      Confinement.requireShared(work);
      long at = from + (long) row * BYTES;
      // To floats first, whose bits are transposed.
      for (int i = 0; i < LANES; i++) {
        ((FloatVector)
                IntVector.fromMemorySegment(INT, totals, at + (long) i * BYTES, nativeOrder())
                    .convertShape(VectorOperators.I2F, FLOAT, 0))
            .intoMemorySegment(work, RESULT + (long) i * BYTES, nativeOrder());
      }
      write(count - row, y, yAt + row, stride, samples, work);
    }
  }

  @Override
  public void writeDoubles(
      MemorySegment totals,
      long from,
      int count,
      float[] y,
      int yAt,
      int stride,
      int samples,
      MemorySegment work) {
    for (int row = 0; row < count; row += LANES) {
      Confinement.requireShared(totals);
      Confinement.requireShared(work);
      long at = from + 2L * row * BYTES;
      for (int i = 0; i < 2 * LANES; i++) {
        ((FloatVector)
                DoubleVector.fromMemorySegment(DOUBLE, totals, at + (long) i * BYTES, nativeOrder())
                    .convertShape(VectorOperators.D2F, HALF, 0))
            .intoMemorySegment(work, RESULT + i * (BYTES / 2L), nativeOrder());
      }
      write(count - row, y, yAt + row, stride, samples, work);
    }
  }

  /** Transposes the floats in the work space to {@code samples} times at most {@code rows}. */
  private static void write(
      int rows, float[] y, int yAt, int stride, int samples, MemorySegment work) {
    transposeBlock(work, RESULT, work, work, RESULT);
    for (int s = 0; s < samples; s++) {
      Confinement.requireShared(work);
      long at = RESULT + (long) s * BYTES;
      int target = yAt + s * stride;
      if (rows >= LANES) {
        FloatVector.fromMemorySegment(FLOAT, work, at, nativeOrder()).intoArray(y, target);
      } else {
        for (int i = 0; i < rows; i++) {
          y[target + i] = work.get(JAVA_FLOAT, at + (long) i * Float.BYTES);
        }
      }
    }
  }
}
