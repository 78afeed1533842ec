package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.util.Map;
import org.bitindex.EncodedFormatException;

/**
 * How the set bits of a plane are stored. A layout never changes a value: every layout of the same
 * bits reads back the same rows.
 */
public sealed interface Layout {
  /** Name used in files and on the command line. */
  String name();

  /** Stores {@code bits} in this layout, in memory of {@code arena}, on {@code threads} threads. */
  Plane store(BitMatrix bits, Arena arena, int threads);

  /**
   * A plane over stored arrays, as {@link Plane#arrays()} gave them. Looks at sizes and types only;
   * {@link Plane#verify()} reads the contents.
   *
   * @param setBits number of set bits of the plane
   * @throws EncodedFormatException if an array is missing or has the wrong type or length
   */
  Plane open(int rows, int columns, long setBits, Map<String, StoredArray> arrays)
      throws EncodedFormatException;

  /** The paper's index list: the sorted linear indices {@code row * columns + column}. */
  record Flat() implements Layout {
    @Override
    public String name() {
      return "flat";
    }

    @Override
    public Plane store(BitMatrix bits, Arena arena, int threads) {
      return FlatPlane.store(bits, arena, threads);
    }

    @Override
    public Plane open(int rows, int columns, long setBits, Map<String, StoredArray> arrays)
        throws EncodedFormatException {
      return FlatPlane.open(rows, columns, setBits, arrays);
    }
  }

  /**
   * Fixed-size blocks of a row with block-local indices: 8 bits for blocks of up to 256 columns, 16
   * bits above.
   *
   * @param blockColumns columns of a block, a multiple of 64 from 64 to 65536
   */
  record Blocked(int blockColumns) implements Layout {
    public static final int DEFAULT_BLOCK_COLUMNS = 256;

    public Blocked {
      checkBlock(blockColumns);
    }

    public Blocked() {
      this(DEFAULT_BLOCK_COLUMNS);
    }

    @Override
    public String name() {
      return "blocked";
    }

    @Override
    public Plane store(BitMatrix bits, Arena arena, int threads) {
      return BlockedPlane.store(this, bits, arena, threads);
    }

    @Override
    public Plane open(int rows, int columns, long setBits, Map<String, StoredArray> arrays)
        throws EncodedFormatException {
      return BlockedPlane.open(this, rows, columns, setBits, arrays);
    }
  }

  /**
   * Each block of a row takes the smallest of several containers (see {@link Container}), the idea
   * of Roaring bitmaps (Chambi et al. 2016) with Rice-coded gaps added (Rice 1979).
   *
   * @param blockColumns columns of a block, a multiple of 64 from 64 to 65536
   */
  record Adaptive(int blockColumns) implements Layout {
    /** Wide enough that a block's header costs under 3 % of the entropy at 0.1 % density. */
    public static final int DEFAULT_BLOCK_COLUMNS = 16384;

    public Adaptive {
      checkBlock(blockColumns);
    }

    public Adaptive() {
      this(DEFAULT_BLOCK_COLUMNS);
    }

    @Override
    public String name() {
      return "adaptive";
    }

    @Override
    public Plane store(BitMatrix bits, Arena arena, int threads) {
      return AdaptivePlane.store(this, bits, arena, threads);
    }

    @Override
    public Plane open(int rows, int columns, long setBits, Map<String, StoredArray> arrays)
        throws EncodedFormatException {
      return AdaptivePlane.open(this, rows, columns, setBits, arrays);
    }
  }

  private static void checkBlock(int blockColumns) {
    if (blockColumns < 64 || blockColumns > 65536 || blockColumns % 64 != 0) {
      throw new IllegalArgumentException(
          "blockColumns is " + blockColumns + ", allowed are multiples of 64 from 64 to 65536");
    }
  }
}
