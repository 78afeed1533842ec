package org.bitindex.layout;

import java.util.Arrays;
import org.bitindex.EncodedFormatException;

/**
 * How a string of bits is stored: six bits that name its form, then what the form says.
 *
 * <table>
 * <caption>Forms of a string of n bits</caption>
 * <tr><th>form</th><th>what follows</th></tr>
 * <tr><td>0: all clear</td><td>nothing</td></tr>
 * <tr><td>1 to 15: density form / 32</td><td>ceil(n / 8) bytes in the {@link DensityCode}</td></tr>
 * <tr><td>16: plain</td><td>the n bits</td></tr>
 * <tr><td>17 to 31: gaps, k = form - 15</td><td>for each set bit, and for one behind the last, the
 * number g of clear bits before it, as g / 2^k ones, a zero, and the low k bits of g</td></tr>
 * <tr><td>32 + any of these</td><td>the string with all bits flipped</td></tr>
 * </table>
 */
final class BitStrings {
  static final int FORM_BITS = 6;
  static final int FLIPPED = 32;
  static final int CLEAR = 0;
  static final int PLAIN = 16;
  private static final int GAPS = 15;

  /** The form that takes the fewest bits on average, by density in steps of 1 / 512. */
  private static final int DENSITIES = 512;

  private static final class Holder {
    static final byte[] FORMS = new byte[DENSITIES / 2 + 1];
    static final float[] COSTS = new float[DENSITIES / 2 + 1];

    static {
      for (int i = 0; i < FORMS.length; i++) {
        double p = Math.max(i, 0.5) / DENSITIES;
        double best = 1;
        int form = PLAIN;
        for (int step = 2; step < PLAIN; step++) {
          double cost = DensityCode.of(step).cost(p);
          if (cost < best) {
            best = cost;
            form = step;
          }
        }
        int gaps = gapForm(p);
        double cost = p * (gaps - GAPS + 1 / (1 - Math.pow(1 - p, 1 << (gaps - GAPS))));
        if (cost < best) {
          best = cost;
          form = gaps;
        }
        FORMS[i] = (byte) form;
        COSTS[i] = (float) best;
      }
    }
  }

  private BitStrings() {}

  /** The k of most use: about half of the gaps are below 2^k. */
  private static int gapForm(double p) {
    int k = 2;
    // 2^k gaps are shorter with k + 1 from the golden ratio on.
    while (k < PLAIN && Math.pow(1 - p, 1 << k) > 0.618) {
      k++;
    }
    return GAPS + k;
  }

  /** The best form for {@code ones} of {@code count} bits that are set at random. */
  static int form(long ones, long count) {
    if (ones == 0 || ones == count) {
      return ones == 0 ? CLEAR : FLIPPED;
    }
    double p = (double) Math.min(ones, count - ones) / count;
    int i = (int) Math.rint(p * DENSITIES);
    int form = i < 8 ? gapForm(p) : Holder.FORMS[i];
    return 2 * ones > count && form != PLAIN ? form + FLIPPED : form;
  }

  /** Estimates the bits of {@code ones} of {@code count} bits, the form included. */
  static double cost(long ones, long count) {
    if (ones == 0 || ones == count) {
      return FORM_BITS;
    }
    double p = (double) Math.min(ones, count - ones) / count;
    double bit =
        p < 0.004
            ? p * (1.5 + Math.log(1 / p) / Math.log(2))
            : Holder.COSTS[(int) Math.rint(p * DENSITIES)];
    return FORM_BITS + Math.min((double) count, count * bit + 2);
  }

  /**
   * Appends a string.
   *
   * @param bits the string, in words; zeros follow its last bit
   * @param ones how many of its bits are set
   */
  static void write(long[] bits, int count, int ones, BitWriter target) {
    int form = form(ones, count);
    long start = target.size();
    target.put(form, FORM_BITS);
    int kind = form & (FLIPPED - 1);
    if (kind == CLEAR) {
      return;
    }
    if (form != kind) {
      flip(bits, count);
    }
    if (kind < PLAIN) {
      writeBytes(bits, count, DensityCode.of(kind), target);
    } else if (kind > PLAIN) {
      writeGaps(bits, count, kind - GAPS, target);
    }
    if (form != kind) {
      flip(bits, count);
    }
    // Bits that are not spread at random.
    if (kind == PLAIN || target.size() - start > FORM_BITS + count) {
      target.truncate(start);
      target.put(PLAIN, FORM_BITS);
      writePlain(bits, count, target);
    }
  }

  private static void flip(long[] bits, int count) {
    int words = BitMatrix.wordsPerRow(count);
    for (int w = 0; w < words; w++) {
      bits[w] = ~bits[w];
    }
    if ((count & 63) != 0) {
      bits[words - 1] &= -1L >>> -count;
    }
  }

  private static void writePlain(long[] bits, int count, BitWriter target) {
    for (int w = 0; w < count >>> 6; w++) {
      target.put(bits[w], 64);
    }
    if ((count & 63) != 0) {
      target.put(bits[count >>> 6], count & 63);
    }
  }

  private static void writeBytes(long[] bits, int count, DensityCode code, BitWriter target) {
    int words = BitMatrix.wordsPerRow(count);
    for (int w = 0; w < words; w++) {
      int left = Math.min(Long.SIZE, count - (w << 6));
      for (int first = 0; first < left; first += Integer.SIZE) {
        long joined = 0;
        int length = 0;
        for (int bit = first; bit < Math.min(left, first + Integer.SIZE); bit += Byte.SIZE) {
          int symbol = (int) (bits[w] >>> bit) & 0xff;
          joined |= (long) code.code(symbol) << length;
          length += code.length(symbol);
        }
        target.put(joined, length);
      }
    }
  }

  private static void writeGaps(long[] bits, int count, int k, BitWriter target) {
    int words = BitMatrix.wordsPerRow(count);
    int next = 0;
    for (int w = 0; w < words; w++) {
      for (long word = bits[w]; word != 0; word &= word - 1) {
        int bit = (w << 6) + Long.numberOfTrailingZeros(word);
        writeGap(bit - next, k, target);
        next = bit + 1;
      }
    }
    writeGap(count - next, k, target);
  }

  private static void writeGap(int gap, int k, BitWriter target) {
    int ones = gap >>> k;
    if (ones + 1 + k < 64) {
      long low = gap & ((1L << k) - 1);
      target.put((1L << ones) - 1 | low << (ones + 1), ones + 1 + k);
    } else {
      target.putUnary(ones);
      target.put(gap & ((1L << k) - 1), k);
    }
  }

  /**
   * Reads a string of gaps, whose form has been read.
   *
   * @param kind the form without its flip, which is left to the caller
   * @param target overwritten by the string; one word more than the string has
   * @throws EncodedFormatException if what is stored has another number of bits
   * @throws IndexOutOfBoundsException if what is stored runs past the end
   */
  static void readGaps(BitReader source, int kind, int count, long[] target)
      throws EncodedFormatException {
    int k = kind - GAPS;
    long[] words = source.words();
    long at = source.position();
    Arrays.fill(target, 0, BitMatrix.wordsPerRow(count) + 1, 0L);
    long mask = (1L << k) - 1;
    long bit = 0;
    long window = BitReader.window(words, at);
    int left = Long.SIZE; // bits of the window that were not read
    while (true) {
      int ones = Long.numberOfTrailingZeros(~window);
      int length = ones + 1 + k;
      if (length > left) {
        window = BitReader.window(words, at);
        left = Long.SIZE;
        ones = Long.numberOfTrailingZeros(~window);
        length = ones + 1 + k;
      }
      if (length <= Long.SIZE) {
        bit += ((long) ones << k) + (window >>> 1 >>> ones & mask);
        window = window >>> 1 >>> (length - 1);
        left -= length;
        at += length;
      } else {
        while (ones == Long.SIZE) {
          bit += (long) Long.SIZE << k;
          at += Long.SIZE;
          window = BitReader.window(words, at);
          ones = Long.numberOfTrailingZeros(~window);
        }
        at += ones + 1;
        bit += ((long) ones << k) + (BitReader.window(words, at) & mask);
        at += k;
        left = 0;
      }
      if (bit >= count) {
        break;
      }
      target[(int) (bit >>> 6)] |= 1L << bit;
      bit++;
    }
    source.seek(at);
    if (bit != count) {
      throw new EncodedFormatException("gaps of a string of " + count + " bits end at bit " + bit);
    }
  }
}
