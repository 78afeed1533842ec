package org.bitindex.tornado.kernel;

/**
 * Floats as integers, by {@link org.bitindex.backend.Arithmetic}: on their raw bits, where no
 * driver can flush a subnormal, contract or reassociate.
 */
final class Integers {
  /** From this magnitude on a float is infinite or NaN. */
  static final int NOT_FINITE = 0x7f800000;

  private Integers() {}

  /** floor(log2 |f|) for the raw bits of |f|, which is not 0. */
  static int exponent(int magnitude) {
    int exponent = (magnitude >> 23) - 127;
    if (magnitude < 0x800000) { // subnormal; there is no code for leading zeros
      int smeared = magnitude | (magnitude >> 1);
      smeared = smeared | (smeared >> 2);
      smeared = smeared | (smeared >> 4);
      smeared = smeared | (smeared >> 8);
      smeared = smeared | (smeared >> 16);
      exponent = Integer.bitCount(smeared) - 150;
    }
    return exponent;
  }

  /** The exponent s of a sample with T = {@code integerBits}. */
  static int scaleExponent(int magnitude, int integerBits) {
    int s = integerBits - 2 - exponent(magnitude);
    if (magnitude == 0) {
      s = 0;
    }
    return s;
  }

  /** s - s_g of a group with A = {@code activationBits}. */
  static int groupShift(int magnitude, int activationBits, int s) {
    int shift = s - (activationBits - 2 - exponent(magnitude));
    if (magnitude == 0) {
      shift = 0;
    }
    return Math.max(0, shift);
  }

  /** rint(f * 2^s), halves to even, for the raw bits of f. */
  static int quantize(int raw, int s) {
    int magnitude = raw & 0x7fffffff;
    int e = magnitude >> 23;
    int significand = magnitude & 0x7fffff;
    if (e > 0) {
      significand = significand | 0x800000;
    } else {
      e = 1;
    }
    int shift = e - 150 + s; // |f| * 2^s = significand * 2^shift
    int integer = 0;
    if (shift >= 0) {
      integer = significand << shift;
    } else if (shift >= -24) {
      int down = -shift;
      int justBelowHalf = (1 << (down - 1)) - 1;
      integer = (significand + justBelowHalf + ((significand >> down) & 1)) >> down;
    }
    if (raw < 0) {
      integer = -integer;
    }
    return integer;
  }
}
