package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import org.bitindex.EncodedFormatException;

/**
 * How the set bits of a plane are stored. A layout never changes a value: every layout of the same
 * bits reads back the same rows.
 */
public sealed interface Layout {
  /** Name used in files and on the command line. */
  String name();

  /**
   * Stores planes in this layout.
   *
   * @param coefficients c_p of each plane, as a code gives them
   * @param bits the planes, of one shape; no weight has bits in planes of both signs
   * @param arena whose memory is used
   * @param threads number of threads, at least 1; what is stored does not depend on it
   */
  StoredPlanes store(int[] coefficients, List<BitMatrix> bits, Arena arena, int threads);

  /**
   * Planes over stored arrays, as {@link StoredPlanes#arrays()} gave them. Looks at sizes and types
   * only; {@link StoredPlanes#verify()} reads the contents.
   *
   * @param coefficients c_p of each plane, as a code gives them
   * @param setBits number of set bits of each plane
   * @param arrays by name
   * @throws EncodedFormatException if an array is missing or has the wrong type or length
   */
  StoredPlanes open(
      int rows,
      int columns,
      int[] coefficients,
      List<Long> setBits,
      Map<String, StoredArray> arrays)
      throws EncodedFormatException;

  /** The paper's index list: the sorted linear indices {@code row * columns + column}. */
  record Flat() implements Layout {
    @Override
    public String name() {
      return "flat";
    }

    @Override
    public StoredPlanes store(int[] coefficients, List<BitMatrix> bits, Arena arena, int threads) {
      return SeparatePlanes.store(
          coefficients, bits, threads, (plane, own) -> FlatPlane.store(plane, arena, own));
    }

    @Override
    public StoredPlanes open(
        int rows,
        int columns,
        int[] coefficients,
        List<Long> setBits,
        Map<String, StoredArray> arrays)
        throws EncodedFormatException {
      return SeparatePlanes.open(
          coefficients, setBits, arrays, (ones, own) -> FlatPlane.open(rows, columns, ones, own));
    }
  }

  /**
   * Fixed-size blocks of a row with block-local indices: 8 bits for blocks of up to 256 columns, 16
   * bits above.
   *
   * @param blockColumns columns of a block, a multiple of 64 from 64 to 65536
   */
  record Blocked(int blockColumns) implements Layout {
    /** Columns of a block, unless something else is asked for. */
    public static final int DEFAULT_BLOCK_COLUMNS = 256;

    public Blocked {
      checkBlock(blockColumns);
    }

    /** Blocks of {@link #DEFAULT_BLOCK_COLUMNS} columns. */
    public Blocked() {
      this(DEFAULT_BLOCK_COLUMNS);
    }

    @Override
    public String name() {
      return "blocked";
    }

    @Override
    public StoredPlanes store(int[] coefficients, List<BitMatrix> bits, Arena arena, int threads) {
      return SeparatePlanes.store(
          coefficients, bits, threads, (plane, own) -> BlockedPlane.store(this, plane, arena, own));
    }

    @Override
    public StoredPlanes open(
        int rows,
        int columns,
        int[] coefficients,
        List<Long> setBits,
        Map<String, StoredArray> arrays)
        throws EncodedFormatException {
      return SeparatePlanes.open(
          coefficients,
          setBits,
          arrays,
          (ones, own) -> BlockedPlane.open(this, rows, columns, ones, own));
    }
  }

  /**
   * Embedded bit planes, entropy coded: rows are cut into blocks, and a plane of a block is coded
   * given the planes above it (significance, signs and refinement of Shapiro 1993, EZW). What is
   * stored comes to within 5 % of the entropy of the integers; the first planes can be read without
   * the others, and a block without the other blocks.
   *
   * @param blockRows rows of a block, or 0 to choose so many that a block takes about 16 KiB
   */
  record Adaptive(int blockRows) implements Layout {
    public Adaptive {
      if (blockRows < 0) {
        throw new IllegalArgumentException("blockRows is " + blockRows + ", must not be negative");
      }
    }

    /** Blocks of about 16 KiB. */
    public Adaptive() {
      this(0);
    }

    @Override
    public String name() {
      return "adaptive";
    }

    @Override
    public StoredPlanes store(int[] coefficients, List<BitMatrix> bits, Arena arena, int threads) {
      return EmbeddedPlanes.store(this, coefficients, bits, arena, threads);
    }

    @Override
    public StoredPlanes open(
        int rows,
        int columns,
        int[] coefficients,
        List<Long> setBits,
        Map<String, StoredArray> arrays)
        throws EncodedFormatException {
      return EmbeddedPlanes.open(this, rows, columns, coefficients, setBits, arrays);
    }
  }

  private static void checkBlock(int blockColumns) {
    if (blockColumns < 64 || blockColumns > 65536 || blockColumns % 64 != 0) {
      throw new IllegalArgumentException(
          "blockColumns is " + blockColumns + ", allowed are multiples of 64 from 64 to 65536");
    }
  }
}
