package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bitindex.backend.Arithmetic;

/**
 * The quantised activations of a pass of samples, in the forms that products read; reused. Samples
 * come in tiles of two vectors of ints.
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
  private MemorySegment[] pairs = {};
  private int pairCount;

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
  int tileSamples() {
    return 2 * lanes();
  }

  int tiles() {
    return (batch + tileSamples() - 1) / tileSamples();
  }

  int samples(int tile) {
    return Math.min(tileSamples(), batch - tile * tileSamples());
  }

  /** Vectors that the samples of a tile take, 1 or 2. */
  int vectors(int tile) {
    return samples(tile) > lanes() ? 2 : 1;
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
    panels = grown(panels, 2 * tiles() * panelCount, (MAX_PANEL + 1L) * kernels.bytes());
  }

  /** At least {@code count} segments, because kernels are fastest where a panel begins at 0. */
  private static MemorySegment[] grown(MemorySegment[] segments, int count, long bytes) {
    if (segments.length >= count) {
      return segments;
    }
    MemorySegment[] grown = Arrays.copyOf(segments, count);
    for (int i = segments.length; i < count; i++) {
      grown[i] = Scratch.allocate(bytes);
    }
    return grown;
  }

  /** Quantises the samples of one tile; {@code input} is [sample][columns]. */
  void quantize(int tile, float[] input, int inputOffset) {
    ActivationKernel kernel = kernels.activations();
    for (int n = tile * tileSamples(); n < tile * tileSamples() + samples(tile); n++) {
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
    for (int n = tile * tileSamples(); n < tile * tileSamples() + samples(tile); n++) {
      negatives[n] = 0;
      for (int piece = 0; piece < format.pieces(); piece++) {
        int shift = piece * format.pieceBits();
        int sum =
            kernels
                .activations()
                .split(
                    integers, n * stride, count, shift, format.pieceMask(), scratch.parts, stride);
        negatives[n] += sum << shift;
        long at = ((long) n * format.pieces() + piece) * format.setBytes();
        kernels.activations().tables(scratch.parts, stride, count, tables, at);
      }
    }
  }

  /** Transposes the samples of one tile to panels. */
  void makePanels(int tile, Scratch scratch) {
    for (int v = 0; v < vectors(tile); v++) {
      for (int panel = 0; panel < panelCount; panel++) {
        int first = panel * panelColumns;
        int count = Math.min(panelColumns, columns - first);
        MemorySegment target = panel(tile, v, panel);
        int from = (tile * tileSamples() + v * lanes()) * stride + first;
        kernels.lists().transpose(integers, from, stride, count, target, scratch.transposition);
        clear(target, (long) panelColumns * kernels.bytes(), kernels.bytes());
      }
    }
  }

  /** Without a slice, which the compiler does not always keep off the heap. */
  private static void clear(MemorySegment target, long from, int bytes) {
    for (int i = 0; i < bytes; i += Long.BYTES) {
      target.set(ValueLayout.JAVA_LONG, from + i, 0);
    }
  }

  /** Makes room for pairs of vectors of parts of activations. */
  void reservePairs(DenseFormat format) {
    pairCount = format.pieces();
    int count = tiles() * pairCount * format.blocks();
    pairs = grown(pairs, count, 2L * DenseFormat.BLOCK_COLUMNS * kernels.bytes());
  }

  /**
   * Transposes the samples of one tile and cuts them into pieces: vectors in the order [piece][v],
   * two in a pair.
   */
  void makePairs(int tile, DenseFormat format, Scratch scratch) {
    int vectors = vectors(tile);
    for (int block = 0; block < format.blocks(); block++) {
      for (int v = 0; v < vectors; v++) {
        int from =
            (tile * tileSamples() + v * lanes()) * stride + block * DenseFormat.BLOCK_COLUMNS;
        int count = format.blockColumns(block);
        kernels
            .lists()
            .transpose(integers, from, stride, count, scratch.columns, scratch.transposition);
        for (int piece = 0; piece < format.pieces(); piece++) {
          int i = piece * vectors + v;
          kernels
              .dense()
              .piece(
                  scratch.columns,
                  count,
                  piece * format.pieceBits(),
                  format.pieceMask(),
                  pair(tile, i / 2, block),
                  (long) i % 2 * kernels.bytes());
        }
      }
    }
  }

  /** Tables of all sets, [sample][piece]. */
  MemorySegment tables() {
    return tables;
  }

  /** The panel of vector {@code v} of one tile; its row {@code panelColumns} is zero. */
  MemorySegment panel(int tile, int v, int panel) {
    return panels[(2 * tile + v) * panelCount + panel];
  }

  /** Two vectors of parts of one tile in one block of columns, as [column][2][lane]. */
  MemorySegment pair(int tile, int pair, int block) {
    return pairs[(block * tiles() + tile) * pairCount + pair];
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
    for (MemorySegment pair : pairs) {
      bytes += pair.byteSize();
    }
    return bytes;
  }
}
