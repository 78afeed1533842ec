package org.bitindex.backend.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** The memory of one thread of one execution; grows to what the layers need. */
final class Scratch {
  /** Cache line, and the widest vector: aligned to it, no load touches two lines. */
  static final long ALIGNMENT = 64;

  /** Sets of tables that a look-up kernel reads together, at most. */
  static final int SETS = 4;

  /** Two blocks of lanes x lanes ints. */
  final MemorySegment transposition;

  /** One vector of samples in a block of columns, as [column][lane]. */
  final MemorySegment columns;

  /** Sums of a group of rows and two vectors of samples in a block of columns. */
  final float[] groupSums;

  private final Kernels kernels;

  /** Exact sums, as [sample][stride]; doubles hold them, because |Q| is below 2^53. */
  double[] q = {};

  /** Sums of look-ups as [set][part row], or of jagged diagonals as [part row]. */
  int[] rowSums = {};

  /** Full 16-bit sums of look-ups, on their way to {@link #rowSums}. */
  final short[] fullSums;

  /** Parts of activations, while tables are made. */
  short[] parts = {};

  /** Sums of two vectors of samples, each as [part row and one more][lane]. */
  MemorySegment sums = MemorySegment.NULL;

  /** Weights of a group of rows in a block of columns. */
  final float[] weights = new float[DenseKernel.GROUP * DenseFormat.BLOCK_COLUMNS];

  Scratch(Kernels kernels) {
    this.kernels = kernels;
    this.transposition = allocate(2L * kernels.lanes() * kernels.bytes());
    this.fullSums = new short[SETS * 2 * 2 * kernels.lanes()];
    this.groupSums = new float[2 * DenseKernel.GROUP * kernels.lanes()];
    this.columns = allocate((long) DenseFormat.BLOCK_COLUMNS * kernels.bytes());
  }

  /** Zeroed memory off the heap, released with the last reference to it. */
  @SuppressWarnings("MustBeClosedChecker") // the garbage collector frees it
  static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, ALIGNMENT);
  }

  /** From one sample's sums in {@link #q} to the next: no power of two, which caches dislike. */
  static int stride(int partRows) {
    return partRows + 8;
  }

  /** From the sums of one vector of samples in {@link #sums} to those of the second. */
  long sumsBytes() {
    return sums.byteSize() / 2;
  }

  void reserve(int partRows, int columns) {
    if (q.length < 2 * kernels.lanes() * stride(partRows)) {
      q = new double[2 * kernels.lanes() * stride(partRows)];
      rowSums = new int[SETS * partRows];
      sums = allocate(2 * (partRows + 1L) * kernels.bytes());
    }
    if (parts.length < 2 * Activations.padded(columns)) {
      parts = new short[2 * Activations.padded(columns)];
    }
  }

  long bytes() {
    return (long) q.length * Double.BYTES
        + (long) rowSums.length * Integer.BYTES
        + (long) (weights.length + groupSums.length) * Float.BYTES
        + (long) (parts.length + fullSums.length) * Short.BYTES
        + sums.byteSize()
        + columns.byteSize()
        + transposition.byteSize();
  }
}
