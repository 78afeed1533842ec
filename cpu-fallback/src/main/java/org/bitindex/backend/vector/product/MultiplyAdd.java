package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.DigitFormat;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.MultiplyKernel;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.IntegerReader;

/**
 * All planes at once, as packed integers that are multiplied in 16 bits: the same work at any
 * density, and for every batch the same weights, of as many bits as the code has.
 */
final class MultiplyAdd implements PartProduct {
  /** Groups whose sums and integers stay in the first cache. */
  static final int BLOCK_GROUPS = 8;

  private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT;

  private final Kernels kernels;
  private final RowParts parts;
  private final SampleFormat samples;
  private final Digits digits;
  private final DigitFormat[] formats;
  private final MemorySegment[] words;

  MultiplyAdd(EncodedMatrix matrix, SampleFormat samples, RowParts parts, Kernels kernels) {
    this.kernels = kernels;
    this.parts = parts;
    this.samples = samples;
    this.digits = Digits.of(matrix.code());
    this.formats = new DigitFormat[digits.count()];
    this.words = new MemorySegment[digits.count()];
    for (int i = 0; i < formats.length; i++) {
      formats[i] = new DigitFormat(2 * kernels.lanes(), matrix.columns(), digits.bits()[i]);
      int pairs = Math.ceilDiv(matrix.rows(), formats[i].pairRows());
      words[i] = Scratch.allocate(pairs * formats[i].pairBytes());
    }
    int[] q = new int[matrix.columns()];
    IntegerReader reader = matrix.integers();
    for (int row = 0; row < matrix.rows(); row++) {
      reader.readRow(row, q);
      for (int i = 0; i < formats.length; i++) {
        writeRow(row, q, i);
      }
    }
  }

  private void writeRow(int row, int[] q, int i) {
    DigitFormat format = formats[i];
    int half = format.lanes() / 2;
    int inPanel = row % format.lanes();
    int lane = inPanel < half ? 2 * inPanel : 2 * (inPanel - half) + 1;
    long at = (long) row / format.pairRows() * format.pairBytes();
    at += row / format.lanes() % 2 * format.wordBytes() / 2 + (long) lane * Short.BYTES;
    int shift = digits.shift(i);
    for (int j = 0; j < q.length; ) {
      int word = format.word(j);
      int packed = 0;
      for (; j < q.length && format.word(j) == word; j++) {
        packed |= digits.digit(q[j], i, shift) << format.shift(j);
      }
      words[i].set(WORD, at + (long) word * format.wordBytes(), (short) packed);
    }
  }

  @Override
  public Form form() {
    return Form.SHORTS;
  }

  @Override
  public long bytes() {
    return Scratch.bytes(words);
  }

  @Override
  public void add(Activations x, int tile, int vector, int part, Scratch scratch) {
    for (int s = 0; s < x.samples(tile); s++) {
      int n = tile * x.tileSamples() + s;
      int target = s * Scratch.stride(parts.partRows());
      for (int group = 0; group < samples.groups(); group += BLOCK_GROUPS) {
        int groups = Math.min(BLOCK_GROUPS, samples.groups() - group);
        for (int piece = 0; piece < samples.pieces(); piece++) {
          for (int i = 0; i < formats.length; i++) {
            int shift = digits.shift(i) + piece * SampleFormat.PIECE_BITS;
            for (int g = 0; g < groups; g++) {
              scratch.factors[g] = 1L << (shift + x.shift(n, group + g));
            }
            addBlock(x, n, piece, group, groups, i, part, target, scratch);
          }
        }
      }
      addLowest(x.sum(n), part, target, scratch.q);
    }
  }

  /** One digit and piece of a sample, in a block of groups, for all rows of a part. */
  private void addBlock(
      Activations x,
      int n,
      int piece,
      int group,
      int groups,
      int digit,
      int part,
      int target,
      Scratch scratch) {
    DigitFormat format = formats[digit];
    MultiplyKernel kernel = kernels.multiply(format.bits());
    int period = format.period(samples.pieceBits());
    int column = group * Arithmetic.GROUP_COLUMNS;
    int at = (n * samples.pieces() + piece) * x.stride() + column;
    int work = format.lanes();
    int pairs = Math.ceilDiv(parts.size(part), format.pairRows());
    for (int pair = 0; pair < pairs; pair++) {
      long wordsAt =
          (parts.first(part) / format.pairRows() + pair) * format.pairBytes()
              + (long) group * format.groupWords() * format.wordBytes();
      int rowsAt = target + pair * format.pairRows();
      int left = samples.columns() - column;
      int[] sums = scratch.groupSums;
      Arrays.fill(sums, work, work + groups * format.pairRows(), 0);
      kernel.add(words[digit], wordsAt, x.shorts(), at, left, groups, period, sums, work);
      kernel.addSums(sums, work, groups, scratch.factors, scratch.q, rowsAt);
    }
  }

  /** The lowest integer times S, which digits leave out. */
  private void addLowest(long sum, int part, int target, double[] q) {
    double lowest = (double) digits.lowest() * sum;
    for (int i = target; lowest != 0 && i < target + parts.size(part); i++) {
      q[i] += lowest;
    }
  }
}
