package org.bitindex.backend.vector.product;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupKernel;
import org.bitindex.backend.vector.kernel.OutputKernel;
import org.bitindex.backend.vector.kernel.PanelKernel;
import org.bitindex.backend.vector.kernel.SumKernel;

/** The memory of one thread of one execution; grows to what the layers need. */
public final class Scratch {
  /** Cache line, and the widest vector: aligned to it, no load touches two lines. */
  private static final long ALIGNMENT = 64;

  /** Where the negative parts begin in {@link #parts}: a chunk of columns, rounded up, further. */
  static final int NEGATIVES = 192;

  /** Two blocks of lanes x lanes ints. */
  final MemorySegment transposition;

  /** A word's tables of partial sums. */
  final MemorySegment tables;

  /** A panel on its way to be packed. */
  final MemorySegment secondPanel;

  /** Integers of a group of columns of two panels, see {@link MultiplyAdd}. */
  final short[] weights;

  private final OutputKernel outputs;
  private final PanelKernel panels;
  private final SumKernel kernel;

  /** Int lanes of a vector. */
  private final int lanes;

  /** Exact sums, as [sample][stride]; doubles hold them, because |Q| is below 2^53. */
  double[] q = {};

  /**
   * Sums of look-ups as [pair of panels][set][row], after one pair's work space; or of jagged
   * diagonals as [part row].
   */
  int[] rowSums = {};

  /** Sums of products of digits, see {@link MultiplyAdd}, after their work space. */
  final int[] groupSums;

  /** Sums of products of a part, as [pair of panels][sample][piece][row]. */
  int[] intSums = {};

  /** Ints of a pair of panels in them. */
  private int pairInts;

  /**
   * Of each sample, what its sums in {@link #intSums} count for, or 0 where they are in {@link #q}.
   */
  final float[] intFactors = new float[Activations.SAMPLES];

  /** Of each step of rows of activations, whether sums over all groups fit an int. */
  final boolean[] stepsFit = new boolean[Activations.SAMPLES];

  /** What these sums of a group count for. */
  final double[] factors = new double[MultiplyAdd.BLOCK_GROUPS];

  private int[] runs = {};

  /** Parts of activations, while tables are made. */
  final short[] parts = new short[2 * NEGATIVES];

  /**
   * Sums for each plane that is summed at once, as [part row and one more][lane]; of a second
   * vector of samples from {@link #secondAt} on.
   */
  MemorySegment[] sums = {};

  /**
   * Exact sums as [row][lane], ints or doubles; of the second vector of samples from {@link
   * #highAt} on.
   */
  MemorySegment totals = MemorySegment.NULL;

  public Scratch(Kernels kernels) {
    this.outputs = kernels.outputs();
    this.panels = kernels.panels();
    this.kernel = kernels.sums();
    this.lanes = kernels.lanes();
    this.groupSums = new int[(2 + 4 * MultiplyAdd.BLOCK_GROUPS) * lanes];
    this.weights = new short[(Arithmetic.GROUP_COLUMNS + Short.SIZE) * 4 * lanes];
    this.transposition = allocate(2L * lanes * vectorBytes());
    this.tables = allocate((long) SumKernel.TABLES * SumKernel.ENTRIES * vectorBytes());
    this.secondPanel = allocate(((Arithmetic.GROUP_COLUMNS + 15) & ~15L) * vectorBytes());
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

  /** Room for what {@link Division#joinGroups} leaves. */
  int[] runs(int ints) {
    runs = runs.length < ints ? new int[ints] : runs;
    return runs;
  }

  /** Makes room for products across the rows of a part, of whole tiles of {@code samples}. */
  void reserveRows(int partRows, int samples) {
    int pairRows = 4 * lanes;
    int rows = Math.ceilDiv(partRows, pairRows) * pairRows + pairRows;
    if (rowSums.length < LookupKernel.MOST * rows) {
      rowSums = new int[LookupKernel.MOST * rows];
    }
    int sums = samples * stride(partRows) + pairRows;
    if (q.length < sums) {
      q = new double[sums];
    }
  }

  /**
   * Makes room for products across the lanes.
   *
   * @param planes the most planes that a product sums at once
   */
  void reserveLanes(int partRows, int planes) {
    sums = grown(sums, planes, 2 * (partRows + 1L) * vectorBytes());
    long bytes = 4L * partRows * vectorBytes();
    totals = totals.byteSize() < bytes ? allocate(bytes) : totals;
  }

  /** Where the second half of {@link #totals} begins. */
  long highAt() {
    return totals.byteSize() / 2;
  }

  /** Where the second half of {@link #sums} begins. */
  long secondAt() {
    return sums[0].byteSize() / 2;
  }

  private int vectorBytes() {
    return lanes * Integer.BYTES;
  }

  /** Zeros {@link #q}, where all sums are. */
  void clearRows(Division division, int samples) {
    Arrays.fill(q, 0, samples * stride(division.partRows()), 0);
    clearIntFactors();
  }

  /** Zeros {@link #totals}. */
  void clearLanes(Division division, int part, int vectors) {
    int rows = division.size(part);
    for (int vector = 0; vector < vectors; vector++) {
      kernel.clear(totals, vector * highAt(), division.intTotals() ? rows : 2 * rows);
    }
  }

  /** Zeros the first rows of {@link #sums} of the first planes. */
  void clearSums(int planes, int rows, int vectors) {
    for (int plane = 0; plane < planes; plane++) {
      for (int vector = 0; vector < vectors; vector++) {
        kernel.clear(sums[plane], vector * secondAt(), rows);
      }
    }
  }

  /**
   * Adds coefficients times {@link #sums} of as many planes to {@link #totals}.
   *
   * @param panel the last one summed, whose lanes' shifts are those of all since sums were zeroed
   */
  void addToTotals(
      Division division, int part, int[] coefficients, Activations x, int tile, int panel) {
    int rows = division.size(part);
    boolean ints = division.intTotals();
    if (x.packed() && !ints) {
      int shiftsAt = x.laneShiftsAt(tile, panel);
      kernel.addPackedTo(
          sums, rows, coefficients, x.laneShifts(), shiftsAt, totals, highAt(), transposition);
      return;
    }
    for (int p = 0; p < coefficients.length; p++) {
      int coefficient = coefficients[p];
      if (x.packed()) {
        int shiftsAt = x.laneShiftsAt(tile, panel);
        kernel.addPackedTo(sums[p], rows, coefficient, x.laneShifts(), shiftsAt, totals, highAt());
        continue;
      }
      for (int vector = 0; vector < x.vectors(tile); vector++) {
        long from = vector * secondAt();
        long to = vector * highAt();
        if (ints) {
          kernel.addToInts(sums[p], from, rows, coefficient, totals, to);
        } else {
          kernel.addTo(sums[p], from, rows, coefficient, totals, to);
        }
      }
    }
  }

  /** Zeros one sample's sums in {@link #q}. */
  void clearRow(Division division, int s) {
    int stride = stride(division.partRows());
    Arrays.fill(q, s * stride, (s + 1) * stride, 0);
  }

  /** All sums are in {@link #q}. */
  void clearIntFactors() {
    Arrays.fill(intFactors, 0);
  }

  /** Zeros {@link #intSums}. */
  void clearIntSums(int pairs, int ints) {
    pairInts = ints;
    int length = pairs * ints;
    if (intSums.length < length) {
      intSums = new int[length];
    } else {
      Arrays.fill(intSums, 0, length, 0);
    }
  }

  /** y = float(Q) of a part, where its samples' sums are; the samples of y are all rows apart. */
  void writeRows(Division division, int part, int samples, float[] y, int at) {
    int stride = stride(division.partRows());
    int rows = division.size(part);
    for (int s = 0; s < samples; s++) {
      int to = at + s * division.rows();
      if (intFactors[s] == 0) {
        outputs.round(q, s * stride, rows, y, to);
      } else {
        outputs.roundInts(intSums, s * 4 * lanes, pairInts, intFactors[s], rows, y, to);
      }
    }
  }

  /**
   * The same from {@link #totals}, across the lanes.
   *
   * @param vector which vector of samples
   * @param samples lanes that are samples
   */
  void writeLanes(Division division, int part, int vector, int samples, float[] y, int at) {
    long from = vector * highAt();
    int rows = division.size(part);
    int stride = division.rows();
    if (division.intTotals()) {
      panels.writeInts(totals, from, rows, y, at, stride, samples, transposition);
    } else {
      panels.writeDoubles(totals, from, rows, y, at, stride, samples, transposition);
    }
  }

  /** The segments, or more and larger ones: {@code count} of at least {@code bytes} each. */
  static MemorySegment[] grown(MemorySegment[] segments, int count, long bytes) {
    int kept = segments.length > 0 && segments[0].byteSize() >= bytes ? segments.length : 0;
    if (kept >= count) {
      return segments;
    }
    MemorySegment[] grown = Arrays.copyOf(segments, Math.max(count, segments.length));
    for (int i = kept; i < grown.length; i++) {
      grown[i] = allocate(Math.max(bytes, kept > 0 ? segments[0].byteSize() : 0));
    }
    return grown;
  }

  static long bytes(MemorySegment[] segments) {
    return Arrays.stream(segments).mapToLong(MemorySegment::byteSize).sum();
  }
}
