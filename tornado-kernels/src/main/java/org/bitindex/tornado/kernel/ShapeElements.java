package org.bitindex.tornado.kernel;

/**
 * Elements of {@code shape}, through which kernels learn sizes. Scalars would be constants to the
 * JIT, which would unroll every loop over them.
 */
public final class ShapeElements {
  /** Outputs of a sample. */
  public static final int ROWS = 0;

  /** Features of a sample. */
  public static final int COLUMNS = 1;

  /** Lines rounded up to a multiple of 64; see {@link LookupKernels}. */
  public static final int LINE_STRIDE = 2;

  /** Words of a line, a multiple of 4: whole groups of 120 columns. */
  public static final int WORDS = 3;

  /** Planes of a row. */
  public static final int PLANES = 4;

  /** The bits A of an activation. */
  public static final int ACTIVATION_BITS = 5;

  /** The bits T of an integer. */
  public static final int INTEGER_BITS = 6;

  /** Slices of the columns. */
  public static final int SLICES = 7;

  /** Words of a slice, a multiple of 4. */
  public static final int SLICE_WORDS = 8;

  /** Planes with sums of their own: all, or 1 where a kernel puts the planes of a row together. */
  public static final int SUM_PLANES = 9;

  /** Sums of a slice and a sample: lines, or rows rounded up to a multiple of 64. */
  public static final int SUM_STRIDE = 10;

  /** 1: a number that the JIT does not know, so that it adds up no constants beside it. */
  public static final int ONE = 11;

  /** Rows rounded up to whole vectors of four: from a line to that of the next plane. */
  public static final int PLANE_STRIDE = 12;

  /** Rows as above, and where S is needed four more, of which the first one has it. */
  public static final int ROW_SUMS = 13;

  /** Bits of an entry that are its weight less {@link #ENTRY_LOWEST}; see {@link GatherKernels}. */
  public static final int ENTRY_DIGITS = 14;

  /** The lowest integer of a weight. */
  public static final int ENTRY_LOWEST = 15;

  /** Blocks of the columns of entries. */
  public static final int ENTRY_BLOCKS = 16;

  /** Ints of a row of {@link PackedByteKernels}. */
  public static final int PACKED_COLUMNS = 17;

  /** From here on, the coefficient c_p of each plane. */
  public static final int COEFFICIENTS = 18;

  private ShapeElements() {}
}
