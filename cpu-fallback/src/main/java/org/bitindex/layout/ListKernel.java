package org.bitindex.layout;

/**
 * Lists set bits and narrows the list. Implementations give the same numbers; {@link
 * ScalarListKernel} is the specification.
 */
interface ListKernel {
  /** Elements beyond the last listed one that a method may read or overwrite. */
  int SPARE = 16;

  /**
   * Lists the set bits of words {@code from} to {@code to} in ascending order.
   *
   * @param first the number of the first bit of the first word
   * @param target room for all of them at {@code at}, and {@link #SPARE} more elements
   * @return the position in {@code target} after the last
   */
  int list(long[] words, int from, int to, int first, int[] target, int at);

  /**
   * The low bytes of the first {@code count} numbers; {@code target} has room for them and {@link
   * #SPARE} more.
   */
  void narrow(int[] numbers, int count, byte[] target);

  /** As {@link #narrow(int[], int, byte[])}, the low 16 bits. */
  void narrow(int[] numbers, int count, short[] target);
}
