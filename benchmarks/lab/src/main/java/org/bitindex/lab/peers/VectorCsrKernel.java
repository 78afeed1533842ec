package org.bitindex.lab.peers;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A panel of samples times weights in compressed sparse rows: y[i] = sum of values[e] *
 * x[columnIndices[e]] over the entries e of row i, for i from firstRow to endRow, where x[j] and
 * y[i] are one or two vectors that hold feature j and output i of neighbouring samples.
 *
 * <p>A panel of x is columns vectors (or pairs), one of y rows vectors (or pairs), each without
 * gaps. They lie outside the heap, because there a vector can be aligned to a cache line; on the
 * heap each 64-byte load touches two lines. Four sums keep the multiply-adds from waiting for each
 * other.
 */
final class VectorCsrKernel {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long VECTOR = SPECIES.vectorByteSize();
  private static final long PAIR = 2 * VECTOR;

  private VectorCsrKernel() {}

  /** One vector of samples; four entries of a row at a time. */
  static void multiplyVector(
      CsrWeights weights, int firstRow, int endRow, MemorySegment x, MemorySegment y) {
    int[] rowOffsets = weights.rowOffsets;
    int[] columns = weights.columnIndices;
    float[] values = weights.values;
    for (int i = firstRow; i < endRow; i++) {
      FloatVector sum0 = FloatVector.zero(SPECIES);
      FloatVector sum1 = sum0;
      FloatVector sum2 = sum0;
      FloatVector sum3 = sum0;
      int e = rowOffsets[i];
      int end = rowOffsets[i + 1];
      for (; e < end - 3; e += 4) {
        sum0 = load(x, columns[e] * VECTOR).fma(broadcast(values[e]), sum0);
        sum1 = load(x, columns[e + 1] * VECTOR).fma(broadcast(values[e + 1]), sum1);
        sum2 = load(x, columns[e + 2] * VECTOR).fma(broadcast(values[e + 2]), sum2);
        sum3 = load(x, columns[e + 3] * VECTOR).fma(broadcast(values[e + 3]), sum3);
      }
      for (; e < end; e++) {
        sum0 = load(x, columns[e] * VECTOR).fma(broadcast(values[e]), sum0);
      }
      sum0.add(sum1).add(sum2.add(sum3)).intoMemorySegment(y, i * VECTOR, ORDER);
    }
  }

  /** Two vectors of samples; two entries of a row at a time. */
  static void multiplyPair(
      CsrWeights weights, int firstRow, int endRow, MemorySegment x, MemorySegment y) {
    int[] rowOffsets = weights.rowOffsets;
    int[] columns = weights.columnIndices;
    float[] values = weights.values;
    for (int i = firstRow; i < endRow; i++) {
      FloatVector even0 = FloatVector.zero(SPECIES);
      FloatVector even1 = even0;
      FloatVector odd0 = even0;
      FloatVector odd1 = even0;
      int e = rowOffsets[i];
      int end = rowOffsets[i + 1];
      for (; e < end - 1; e += 2) {
        FloatVector even = broadcast(values[e]);
        FloatVector odd = broadcast(values[e + 1]);
        even0 = load(x, columns[e] * PAIR).fma(even, even0);
        even1 = load(x, columns[e] * PAIR + VECTOR).fma(even, even1);
        odd0 = load(x, columns[e + 1] * PAIR).fma(odd, odd0);
        odd1 = load(x, columns[e + 1] * PAIR + VECTOR).fma(odd, odd1);
      }
      if (e < end) {
        FloatVector even = broadcast(values[e]);
        even0 = load(x, columns[e] * PAIR).fma(even, even0);
        even1 = load(x, columns[e] * PAIR + VECTOR).fma(even, even1);
      }
      even0.add(odd0).intoMemorySegment(y, i * PAIR, ORDER);
      even1.add(odd1).intoMemorySegment(y, i * PAIR + VECTOR, ORDER);
    }
  }

  private static FloatVector load(MemorySegment x, long offset) {
    return FloatVector.fromMemorySegment(SPECIES, x, offset, ORDER);
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
