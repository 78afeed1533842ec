package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.ActivationKernel;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.backend.vector.kernel.PartialSumKernel;

/**
 * The quantised activations of a pass of samples, in the forms that products read; reused. Samples
 * come in tiles of two vectors of ints.
 */
public final class Activations {
  /** The most samples of a pass. */
  public static final int SAMPLES = 64;

  /** Readable columns past the last: kernels read whole words, rounded up to whole vectors. */
  private static final int PADDING = 64;

  /** The most columns of a panel. All widths are whole blocks of tables. */
  private static final int MAX_PANEL = 16 * PartialSumKernel.BLOCK_COLUMNS;

  /**
   * Columns of a panel whose integers of 24 bits, or packed ones of 8 bits, add up within a lane.
   */
  static final int SHORT_PANEL = 4 * PartialSumKernel.BLOCK_COLUMNS;

  private final Kernels kernels;
  private final int[] exponents = new int[SAMPLES];
  private final float[] offsetSums = new float[SAMPLES];
  private final boolean[] finite = new boolean[SAMPLES];
  private final int[][] negatives = new int[SAMPLES][2];
  private int batch;
  private int columns;
  private int activationBits;
  private int stride;
  private int[] integers = {};
  private MemorySegment tables = MemorySegment.NULL;
  private MemorySegment[] panels = {};
  private int panelColumns;
  private int panelCount;
  private boolean packed;

  public Activations(Kernels kernels) {
    this.kernels = kernels;
  }

  /** Columns, and as many more as kernels may read. */
  static int padded(int columns) {
    return Math.addExact((columns + 15) & ~15, PADDING);
  }

  /** Columns of a panel: few enough for the cache, more where rows have few bits. */
  static int panelColumns(double bitsPerRow, int columns) {
    int usual = MAX_PANEL / 2;
    return bitsPerRow * usual < 8.0 * columns ? MAX_PANEL : usual;
  }

  /** Makes room for {@code batch} samples of {@code columns} features. */
  public void begin(int batch, int columns, int activationBits) {
    this.batch = batch;
    this.columns = columns;
    this.activationBits = activationBits;
    this.stride = padded(columns);
    int size = Math.multiplyExact(tiles() * tileSamples(), stride);
    if (integers.length < size) {
      integers = new int[size];
    }
  }

  int batch() {
    return batch;
  }

  /** Samples of a vector. */
  int lanes() {
    return kernels.lanes();
  }

  /** Samples of a whole tile. */
  public int tileSamples() {
    return 2 * lanes();
  }

  public int tiles() {
    return (batch + tileSamples() - 1) / tileSamples();
  }

  public int samples(int tile) {
    return Math.min(tileSamples(), batch - tile * tileSamples());
  }

  /** Vectors that the samples of a tile take, 1 or 2. */
  int vectors(int tile) {
    return samples(tile) > lanes() ? 2 : 1;
  }

  /** Makes room for tables of all samples. */
  public void reserveTables(LookupFormat format) {
    long bytes = (long) batch * format.pieces() * format.setBytes();
    if (tables.byteSize() < bytes) {
      tables = Scratch.allocate(bytes);
    }
  }

  /**
   * Makes room for panels.
   *
   * @param packed whether lanes hold two samples each, low + 2^16 * high, in panels of {@link
   *     #SHORT_PANEL} columns
   * @param width columns of a panel that is not packed
   */
  public void reservePanels(boolean packed, int width) {
    this.packed = packed;
    panelColumns = packed ? SHORT_PANEL : width;
    panelCount = (columns + panelColumns - 1) / panelColumns;
    // A segment for each: kernels are fastest where a panel begins at 0.
    panels = Scratch.grown(panels, 2 * tiles() * panelCount, (MAX_PANEL + 1L) * kernels.bytes());
  }

  /** Quantises the samples of one tile; {@code input} is [sample][columns]. */
  public void quantize(int tile, float[] input, int inputOffset) {
    ActivationKernel kernel = kernels.activations();
    for (int n = tile * tileSamples(); n < tile * tileSamples() + samples(tile); n++) {
      int from = inputOffset + n * columns;
      float max = kernel.maxMagnitude(input, from, columns);
      finite[n] = !Float.isNaN(max);
      exponents[n] =
          finite[n]
              ? Arithmetic.scaleExponent(max, Arithmetic.integerBits(columns, activationBits))
              : 0;
      int at = n * stride;
      long sum = 0;
      for (int j = 0; j < columns; j += Arithmetic.GROUP_COLUMNS) {
        int count = Math.min(Arithmetic.GROUP_COLUMNS, columns - j);
        float groupMax = kernel.maxMagnitude(input, from + j, count);
        int exponent =
            finite[n] ? Arithmetic.groupExponent(groupMax, activationBits, exponents[n]) : 0;
        sum +=
            kernel.quantize(
                input, from + j, count, exponent, exponents[n] - exponent, integers, at + j);
      }
      offsetSums[n] = sum;
      Arrays.fill(integers, at + columns, at + stride, 0);
    }
  }

  /** Makes the tables of the samples of one tile. */
  public void makeTables(int tile, LookupFormat format, Scratch scratch) {
    int count = format.words() * format.wordColumns();
    for (int n = tile * tileSamples(); n < tile * tileSamples() + samples(tile); n++) {
      for (int piece = 0; piece < format.pieces(); piece++) {
        int shift = piece * format.pieceBits();
        negatives[n][piece] =
            kernels
                .activations()
                .split(
                    integers, n * stride, count, shift, format.pieceMask(), scratch.parts, stride);
        long at = ((long) n * format.pieces() + piece) * format.setBytes();
        kernels.activations().tables(scratch.parts, stride, count, tables, at);
      }
    }
  }

  /** Transposes the samples of one tile to panels. */
  public void makePanels(int tile, Scratch scratch) {
    for (int panel = 0; panel < panelCount; panel++) {
      int count = Math.min(panelColumns, columns - panel * panelColumns);
      for (int v = 0; v < vectors(tile); v++) {
        if (packed && v == 1) {
          transpose(tile, v, panel, count, scratch.secondPanel, scratch);
          kernels.panels().pack(scratch.secondPanel, count, panel(tile, 0, panel));
        } else {
          transpose(tile, v, panel, count, panel(tile, v, panel), scratch);
          clear(panel(tile, v, panel), (long) panelColumns * kernels.bytes(), kernels.bytes());
        }
      }
    }
  }

  private void transpose(
      int tile, int v, int panel, int count, MemorySegment target, Scratch scratch) {
    int from = (tile * tileSamples() + v * lanes()) * stride + panel * panelColumns;
    kernels.panels().transpose(integers, from, stride, count, target, scratch.transposition);
  }

  /** Without a slice, which the compiler does not always keep off the heap. */
  private static void clear(MemorySegment target, long from, int bytes) {
    for (int i = 0; i < bytes; i += Long.BYTES) {
      target.set(ValueLayout.JAVA_LONG, from + i, 0);
    }
  }

  /** Tables of all sets, [sample][piece]. */
  MemorySegment tables() {
    return tables;
  }

  /**
   * A panel of vector {@code v} of one tile, or of both if packed; its row after the last column
   * that a panel may have is zero.
   */
  MemorySegment panel(int tile, int v, int panel) {
    return panels[(2 * tile + v) * panelCount + panel];
  }

  /** Whether a panel's lanes hold two samples each. */
  boolean packed() {
    return packed;
  }

  int panelCount() {
    return panelCount;
  }

  /** x^ as [sample][stride]. */
  int[] integers() {
    return integers;
  }

  int stride() {
    return stride;
  }

  /** N of a piece of sample {@code n}, see {@link LookupFormat}. */
  int negatives(int n, int piece) {
    return negatives[n][piece];
  }

  public boolean finite(int n) {
    return finite[n];
  }

  public int exponent(int n) {
    return exponents[n];
  }

  /** float(S). */
  public float offsetSum(int n) {
    return offsetSums[n];
  }

  public long bytes() {
    return (long) integers.length * Integer.BYTES + tables.byteSize() + Scratch.bytes(panels);
  }
}
