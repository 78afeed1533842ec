package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.bitindex.backend.Arithmetic;

/**
 * The quantised activations of a pass of samples, in the forms that products read; reused. Samples
 * come in tiles of one vector of ints.
 */
final class Activations {
  /** The most samples of a pass. */
  static final int SAMPLES = 64;

  /** Readable columns past the last: kernels read whole words, rounded up to whole vectors. */
  private static final int PADDING = 64;

  /** The most columns of a panel, so that 16-bit indices reach them and one more, the zero. */
  private static final int MAX_PANEL = 1024;

  private final Kernels kernels;
  private final int[] exponents = new int[SAMPLES];
  private final float[] offsetSums = new float[SAMPLES];
  private final boolean[] finite = new boolean[SAMPLES];
  private final int[] negatives = new int[SAMPLES];
  private int batch;
  private int columns;
  private int activationBits;
  private int stride;
  private int[] integers = {};
  private MemorySegment tables = MemorySegment.NULL;
  private MemorySegment[] panels = {};
  private int panelColumns;
  private int panelCount;

  Activations(Kernels kernels) {
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
  void begin(int batch, int columns, int activationBits) {
    this.batch = batch;
    this.columns = columns;
    this.activationBits = activationBits;
    this.stride = padded(columns);
    int size = Math.multiplyExact(tiles() * lanes(), stride);
    if (integers.length < size) {
      integers = new int[size];
    }
  }

  int batch() {
    return batch;
  }

  /** Samples of a tile. */
  int lanes() {
    return kernels.lanes();
  }

  int tiles() {
    return (batch + lanes() - 1) / lanes();
  }

  int samples(int tile) {
    return Math.min(lanes(), batch - tile * lanes());
  }

  /** Makes room for tables of all samples. */
  void reserveTables(LookupFormat format) {
    long bytes = (long) batch * format.pieces() * format.setBytes();
    if (tables.byteSize() < bytes) {
      tables = Scratch.allocate(bytes);
    }
  }

  /** Makes room for panels of {@code width} columns. */
  void reservePanels(int width) {
    panelColumns = width;
    panelCount = (columns + width - 1) / width;
    int count = tiles() * panelCount;
    if (panels.length < count) {
      int before = panels.length;
      panels = Arrays.copyOf(panels, count);
      for (int i = before; i < count; i++) {
        // A segment for each, because kernels are fastest where a panel begins at 0.
        panels[i] = Scratch.allocate((MAX_PANEL + 1L) * kernels.bytes());
      }
    }
  }

  /** Quantises the samples of one tile; {@code input} is [sample][columns]. */
  void quantize(int tile, float[] input, int inputOffset) {
    ActivationKernel kernel = kernels.activations();
    for (int n = tile * lanes(); n < tile * lanes() + samples(tile); n++) {
      int from = inputOffset + n * columns;
      float max = kernel.maxMagnitude(input, from, columns);
      finite[n] = !Float.isNaN(max);
      exponents[n] = finite[n] ? Arithmetic.scaleExponent(max, activationBits) : 0;
      int at = n * stride;
      long sum = kernel.quantize(input, from, columns, exponents[n], activationBits, integers, at);
      offsetSums[n] = Arithmetic.toReal(sum, exponents[n]);
      Arrays.fill(integers, at + columns, at + stride, 0);
    }
  }

  /** Makes the tables of the samples of one tile. */
  void makeTables(int tile, LookupFormat format, Scratch scratch) {
    int count = format.words() * format.wordColumns();
    int mask = (1 << format.pieceBits()) - 1;
    for (int n = tile * lanes(); n < tile * lanes() + samples(tile); n++) {
      negatives[n] = 0;
      for (int piece = 0; piece < format.pieces(); piece++) {
        int shift = piece * format.pieceBits();
        int sum =
            kernels
                .activations()
                .split(integers, n * stride, count, shift, mask, scratch.parts, stride);
        negatives[n] += sum << shift;
        long at = ((long) n * format.pieces() + piece) * format.setBytes();
        kernels.activations().tables(scratch.parts, stride, count, tables, at);
      }
    }
  }

  /** Transposes the samples of one tile to panels. */
  void makePanels(int tile, Scratch scratch) {
    for (int panel = 0; panel < panelCount; panel++) {
      int first = panel * panelColumns;
      int count = Math.min(panelColumns, columns - first);
      MemorySegment target = panels[tile * panelCount + panel];
      int from = tile * lanes() * stride + first;
      kernels.lists().transpose(integers, from, stride, count, target, scratch.transposition);
      target.asSlice((long) panelColumns * kernels.bytes(), kernels.bytes()).fill((byte) 0);
    }
  }

  /** Tables of all sets, [sample][piece]. */
  MemorySegment tables() {
    return tables;
  }

  /** The panel of one tile; its row {@code panelColumns} is zero. */
  MemorySegment panel(int tile, int panel) {
    return panels[tile * panelCount + panel];
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

  /** N of sample {@code n}, see {@link LookupFormat}. */
  int negatives(int n) {
    return negatives[n];
  }

  boolean finite(int n) {
    return finite[n];
  }

  int exponent(int n) {
    return exponents[n];
  }

  /** float(S) * 2^-s. */
  float offsetSum(int n) {
    return offsetSums[n];
  }

  long bytes() {
    long bytes = (long) integers.length * Integer.BYTES + tables.byteSize();
    for (MemorySegment panel : panels) {
      bytes += panel.byteSize();
    }
    return bytes;
  }
}
