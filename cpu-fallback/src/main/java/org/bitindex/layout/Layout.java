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
    public StoredPlanes store(int[] coefficients, List<BitMatrix> bits, Arena arena, int threads) {
      return SeparatePlanes.store(
          coefficients,
          bits,
          threads,
          (plane, own) -> AdaptivePlane.store(this, plane, arena, own));
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
          (ones, own) -> AdaptivePlane.open(this, rows, columns, ones, own));
    }
  }

  private static void checkBlock(int blockColumns) {
    if (blockColumns < 64 || blockColumns > 65536 || blockColumns % 64 != 0) {
      throw new IllegalArgumentException(
          "blockColumns is " + blockColumns + ", allowed are multiples of 64 from 64 to 65536");
    }
  }
}
