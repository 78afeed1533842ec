package org.bitindex.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.Random;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;

class BitStringsTest {
  @Test
  void theFormFollowsFromTheShareOfOnes() {
    assertThat(BitStrings.form(0, 1000)).isEqualTo(BitStrings.CLEAR);
    assertThat(BitStrings.form(1000, 1000)).isEqualTo(BitStrings.FLIPPED);
    for (int ones = 1; ones < 500; ones++) {
      int form = BitStrings.form(ones, 1000);
      int flipped = form == BitStrings.PLAIN ? form : BitStrings.FLIPPED + form;
      assertThat(BitStrings.form(1000 - ones, 1000)).as("%d ones", ones).isEqualTo(flipped);
    }
    // Half of the gaps are shorter than 2^k: one of 100, of 500 and of 2^20.
    assertThat(BitStrings.form(10, 1000)).isEqualTo(15 + 6);
    assertThat(BitStrings.form(2, 1000)).isEqualTo(15 + 8);
    assertThat(BitStrings.form(1, 1 << 20)).isEqualTo(15 + 16);
    // From 8 / 512 on, a density has the form of the nearest multiple of 1 / 512.
    assertThat(BitStrings.form(146, 10_000)).isEqualTo(15 + 6);
    assertThat(BitStrings.form(147, 10_000)).isEqualTo(BitStrings.form(8, 512)).isEqualTo(15 + 5);
    // A quarter is 8 / 32; from about 0.45 on nothing beats plain bits.
    assertThat(BitStrings.form(250, 1000)).isEqualTo(8);
    assertThat(BitStrings.form(400, 1000)).isEqualTo(13);
    assertThat(BitStrings.form(500, 1000)).isEqualTo(BitStrings.PLAIN);
  }

  @Test
  void theCostIsNearWhatIsWritten() {
    var random = new Random(1);
    for (int count : new int[] {64, 100, 4096, 40_000}) {
      for (double density : new double[] {0, 0.0005, 0.003, 0.005, 0.02, 0.1, 0.25, 0.4, 0.5}) {
        for (boolean flip : new boolean[] {false, true}) {
          long[] bits = new long[BitMatrix.wordsPerRow(count) + 1];
          int ones = 0;
          for (int j = 0; j < count; j++) {
            if (random.nextDouble() < density != flip) {
              Words.set(bits, j);
              ones++;
            }
          }
          long size = size(bits, count, ones);
          double slack = 6 + 0.04 * size + 24 * Math.sqrt(Math.min(ones, count - ones));
          assertThat(BitStrings.cost(ones, count))
              .as("%d ones of %d", ones, count)
              .isCloseTo((double) size, within(slack));
          assertThat(size).isLessThanOrEqualTo(BitStrings.FORM_BITS + count);
        }
      }
    }
  }

  /** Among short gaps, which say how gaps are written, one of each length that a word may hold. */
  @Test
  void gapsOfEveryLengthComeBack() throws EncodedFormatException {
    for (int gap = 1; gap < 1200; gap++) {
      int count = 4 * 120 + gap + 4 * 40;
      long[] bits = new long[BitMatrix.wordsPerRow(count) + 1];
      int ones = 0;
      for (int j = 3; j < count; j += j == 4 * 120 - 1 ? gap + 4 : 4 + 7 * (j % 3)) {
        Words.set(bits, j);
        ones++;
      }
      requireReadBack(bits, count, ones);
    }
  }

  /** One set bit among so many that its gap takes ones of many words. */
  @Test
  void gapsOfManyWordsComeBack() throws EncodedFormatException {
    int count = 1 << 23;
    for (int at :
        new int[] {0, 64 << 16, (64 << 16) - 1, (63 << 16) + 5, (48 << 16) - 1, count - 1}) {
      long[] bits = new long[BitMatrix.wordsPerRow(count) + 1];
      Words.set(bits, at);
      requireReadBack(bits, count, 1);
    }
  }

  private static void requireReadBack(long[] bits, int count, int ones)
      throws EncodedFormatException {
    var writer = new BitWriter();
    BitStrings.write(bits, count, ones, writer);
    byte[] bytes = writer.toBytes();
    var reader = new BitReader();
    reader.open(MemorySegment.ofArray(bytes), 0, bytes.length);
    int kind = (int) reader.get(BitStrings.FORM_BITS);
    assertThat(kind).isBetween(BitStrings.PLAIN + 1, BitStrings.FLIPPED - 1);
    long[] read = new long[bits.length];
    BitStrings.readGaps(reader, kind, count, read);
    assertThat(read).as("%d bits", count).isEqualTo(bits);
    reader.requireEnd();
  }

  private static long size(long[] bits, int count, int ones) {
    var writer = new BitWriter();
    long[] before = bits.clone();
    BitStrings.write(bits, count, ones, writer);
    assertThat(bits).isEqualTo(before);
    return writer.size();
  }
}
