package org.bitindex.backend.vector.product;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupKernel;
import org.bitindex.backend.vector.kernel.PartialSumKernel;

/** The memory of one thread of one execution; grows to what the layers need. */
public final class Scratch {
  /** Cache line, and the widest vector: aligned to it, no load touches two lines. */
  static final long ALIGNMENT = 64;

  /** Two blocks of lanes x lanes ints. */
  final MemorySegment transposition;

  /** A block's tables of partial sums. */
  final MemorySegment tables;

  /** A panel on its way to be packed. */
  final MemorySegment secondPanel;

  private final Kernels kernels;

  /** Exact sums, as [sample][stride]; doubles hold them, because |Q| is below 2^53. */
  public double[] q = {};

  /** Sums of look-ups as [set][part row], or of jagged diagonals as [part row]. */
  int[] rowSums = {};

  /** Full 16-bit sums of look-ups, on their way to {@link #rowSums}. */
  final short[] fullSums;

  /** Parts of activations, while tables are made. */
  short[] parts = {};

  /**
   * Sums of two vectors of samples, for each plane that is summed apart, as [plane][2]; each is
   * [part row and one more][lane].
   */
  MemorySegment[] sums = {};

  /** Sums of samples packed by two, for each plane as [part row and one more][lane]; 0 at rest. */
  MemorySegment[] packedSums = {};

  public Scratch(Kernels kernels) {
    this.kernels = kernels;
    this.transposition = allocate(2L * kernels.lanes() * kernels.bytes());
    this.fullSums = new short[LookupKernel.SETS * 2 * 2 * kernels.lanes()];
    this.tables =
        allocate((long) PartialSumKernel.TABLES * PartialSumKernel.ENTRIES * kernels.bytes());
    this.secondPanel = allocate((long) Activations.SHORT_PANEL * kernels.bytes());
  }

  /** Zeroed memory off the heap, released with the last reference to it. */
  @SuppressWarnings("MustBeClosedChecker") // the garbage collector frees it
  static MemorySegment allocate(long bytes) {
    return Arena.ofAuto().allocate(bytes, ALIGNMENT);
  }

  /** From one sample's sums in {@link #q} to the next: no power of two, which caches dislike. */
  public static int stride(int partRows) {
    return partRows + 8;
  }

  /**
   * Makes room for products.
   *
   * @param planes the most planes that a product sums at once
   */
  public void reserve(int partRows, int columns, int planes) {
    if (q.length < 2 * kernels.lanes() * stride(partRows)) {
      q = new double[2 * kernels.lanes() * stride(partRows)];
      rowSums = new int[LookupKernel.SETS * partRows];
    }
    if (parts.length < 2 * Activations.padded(columns)) {
      parts = new short[2 * Activations.padded(columns)];
    }
    long bytes = (partRows + 1L) * kernels.bytes();
    sums = grown(sums, 2 * planes, bytes);
    packedSums = grown(packedSums, planes, bytes);
  }

  /** The segments, or more and larger ones: {@code count} of at least {@code bytes} each. */
  static MemorySegment[] grown(MemorySegment[] segments, int count, long bytes) {
    int kept = segments.length > 0 && segments[0].byteSize() >= bytes ? segments.length : 0;
    if (kept >= count) {
      return segments;
    }
    MemorySegment[] grown = Arrays.copyOf(segments, count);
    for (int i = kept; i < count; i++) {
      grown[i] = allocate(bytes);
    }
    return grown;
  }

  public long bytes() {
    return (long) q.length * Double.BYTES
        + (long) rowSums.length * Integer.BYTES
        + (long) (parts.length + fullSums.length) * Short.BYTES
        + bytes(sums)
        + bytes(packedSums)
        + secondPanel.byteSize()
        + tables.byteSize()
        + transposition.byteSize();
  }

  static long bytes(MemorySegment[] segments) {
    return Arrays.stream(segments).mapToLong(MemorySegment::byteSize).sum();
  }
}
