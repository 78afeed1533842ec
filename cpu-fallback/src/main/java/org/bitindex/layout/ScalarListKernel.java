package org.bitindex.layout;

/** The specification of {@link ListKernel}. */
final class ScalarListKernel implements ListKernel {
  @Override
  public int list(long[] words, int from, int to, int first, int[] target, int at) {
    int end = at;
    for (int w = from; w < to; w++) {
      int base = first + ((w - from) << 6);
      for (long word = words[w]; word != 0; word &= word - 1) {
        target[end++] = base + Long.numberOfTrailingZeros(word);
      }
    }
    return end;
  }

  @Override
  public void narrow(int[] numbers, int count, byte[] target) {
    for (int i = 0; i < count; i++) {
      target[i] = (byte) numbers[i];
    }
  }

  @Override
  public void narrow(int[] numbers, int count, short[] target) {
    for (int i = 0; i < count; i++) {
      target[i] = (short) numbers[i];
    }
  }
}
