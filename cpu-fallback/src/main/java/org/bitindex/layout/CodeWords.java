package org.bitindex.layout;

import org.bitindex.EncodedFormatException;

/**
 * One thread's reader of strings in a {@link DensityCode}. A code word must be looked up before the
 * place of the next is known, which takes longer than all else that is done with it; so two strings
 * of different streams are read side by side.
 */
final class CodeWords {
  private final BitReader source;
  private final long[] target;
  private char[] table = {};
  private int count;

  /**
   * Reads from a stream.
   *
   * @param target overwritten by each string; one word more than any of them has
   */
  CodeWords(BitReader source, long[] target) {
    this.source = source;
    this.target = target;
  }

  /** Begins a string of {@code count} bits. */
  void open(DensityCode code, int count) {
    this.table = code.table();
    this.count = count;
  }

  /**
   * Reads the string.
   *
   * @throws EncodedFormatException if bits behind its end are set
   * @throws IndexOutOfBoundsException if what is stored runs past the end
   */
  void read() throws EncodedFormatException {
    read(0);
  }

  /** As {@link #read()}, for two strings. */
  static void read(CodeWords first, CodeWords second) throws EncodedFormatException {
    int words = Math.min(first.count, second.count) >>> 6;
    read(first, second, words);
    first.read(words);
    second.read(words);
  }

  /** The words from {@code first} on. */
  private void read(int first) throws EncodedFormatException {
    char[] entries = table;
    long[] words = source.words();
    long at = source.position();
    long window = BitReader.window(words, at);
    long next = BitReader.window(words, at + Long.SIZE);
    int whole = count >>> 6;
    for (int w = first; w < whole; w++) {
      long word = 0;
      for (int bit = 0; bit < Long.SIZE; bit += Integer.SIZE) {
        int e0 = entries[(int) window & entries.length - 1];
        window >>>= e0; // by its length: Java takes distances modulo 64
        int e1 = entries[(int) window & entries.length - 1];
        window >>>= e1;
        int e2 = entries[(int) window & entries.length - 1];
        window >>>= e2;
        int e3 = entries[(int) window & entries.length - 1];
        window >>>= e3;
        int lengths = e0 + e1 + e2 + e3; // modulo 64, see DensityCode
        window |= next << -lengths;
        at += lengths & (Long.SIZE - 1);
        next = BitReader.window(words, at + Long.SIZE);
        word |= bytes(e0, e1, e2, e3) << bit;
      }
      target[w] = word;
    }
    source.seek(at);
    readLast();
  }

  /** The first {@code count} words of both; line for line what one does. */
  private static void read(CodeWords first, CodeWords second, int count) {
    char[] entries = first.table;
    long[] words = first.source.words();
    long at = first.source.position();
    long window = BitReader.window(words, at);
    long next = BitReader.window(words, at + Long.SIZE);
    char[] entries2 = second.table;
    long[] words2 = second.source.words();
    long at2 = second.source.position();
    long window2 = BitReader.window(words2, at2);
    long next2 = BitReader.window(words2, at2 + Long.SIZE);
    for (int w = 0; w < count; w++) {
      long word = 0;
      long word2 = 0;
      for (int bit = 0; bit < Long.SIZE; bit += Integer.SIZE) {
        int e0 = entries[(int) window & entries.length - 1];
        int f0 = entries2[(int) window2 & entries2.length - 1];
        window >>>= e0;
        window2 >>>= f0;
        int e1 = entries[(int) window & entries.length - 1];
        int f1 = entries2[(int) window2 & entries2.length - 1];
        window >>>= e1;
        window2 >>>= f1;
        int e2 = entries[(int) window & entries.length - 1];
        int f2 = entries2[(int) window2 & entries2.length - 1];
        window >>>= e2;
        window2 >>>= f2;
        int e3 = entries[(int) window & entries.length - 1];
        int f3 = entries2[(int) window2 & entries2.length - 1];
        window >>>= e3;
        window2 >>>= f3;
        int lengths = e0 + e1 + e2 + e3;
        int lengths2 = f0 + f1 + f2 + f3;
        window |= next << -lengths;
        window2 |= next2 << -lengths2;
        at += lengths & (Long.SIZE - 1);
        at2 += lengths2 & (Long.SIZE - 1);
        next = BitReader.window(words, at + Long.SIZE);
        next2 = BitReader.window(words2, at2 + Long.SIZE);
        word |= bytes(e0, e1, e2, e3) << bit;
        word2 |= bytes(f0, f1, f2, f3) << bit;
      }
      first.target[w] = word;
      second.target[w] = word2;
    }
    first.source.seek(at);
    second.source.seek(at2);
  }

  /** The bytes of four entries. */
  private static long bytes(int e0, int e1, int e2, int e3) {
    int three =
        e0 >>> DensityCode.SYMBOL_SHIFT
            | e1 >>> DensityCode.SYMBOL_SHIFT << 8
            | e2 >>> DensityCode.SYMBOL_SHIFT << 16;
    return three | (long) (e3 >>> DensityCode.SYMBOL_SHIFT) << 24;
  }

  /** The bits that do not fill a word, and the word that follows. */
  private void readLast() throws EncodedFormatException {
    int whole = count >>> 6;
    int left = count & (Long.SIZE - 1);
    long word = 0;
    long at = source.position();
    for (int bit = 0; bit < left; bit += Byte.SIZE) {
      int entry = table[(int) BitReader.window(source.words(), at) & table.length - 1];
      at += entry & (Long.SIZE - 1);
      word |= (long) (entry >>> DensityCode.SYMBOL_SHIFT) << bit;
    }
    source.seek(at);
    target[whole] = word;
    if (left != 0) {
      target[whole + 1] = 0;
      if (word >>> left != 0) {
        throw new EncodedFormatException("a string of " + count + " bits has bits behind its end");
      }
    }
  }
}
