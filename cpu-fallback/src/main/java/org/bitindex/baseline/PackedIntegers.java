package org.bitindex.baseline;

/**
 * Unsigned integers of 1 to 8 bits, packed: integer i lies in the bits i * bits and up, least
 * significant bit of the first byte first.
 */
final class PackedIntegers {
  private final int bits;
  private final byte[] bytes;

  /** {@code count} zeros. */
  PackedIntegers(int bits, long count) {
    this.bits = bits;
    // A byte more than needed, so that two can always be read.
    bytes = new byte[Math.toIntExact(Math.ceilDiv(bits * count, Byte.SIZE) + 1)];
  }

  /** Sets integer {@code i}, which was zero. */
  void set(long i, int value) {
    long at = i * bits;
    int byteAt = (int) (at >> 3);
    int shifted = value << (at & 7);
    bytes[byteAt] |= (byte) shifted;
    bytes[byteAt + 1] |= (byte) (shifted >> 8);
  }

  int get(long i) {
    long at = i * bits;
    int byteAt = (int) (at >> 3);
    int two = (bytes[byteAt] & 255) | ((bytes[byteAt + 1] & 255) << 8);
    return (two >> (at & 7)) & ((1 << bits) - 1);
  }

  /** Bytes that the integers take. */
  int byteSize() {
    return bytes.length - 1;
  }
}
