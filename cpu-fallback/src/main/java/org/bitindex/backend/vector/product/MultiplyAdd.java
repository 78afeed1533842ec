package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.DigitFormat;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.MultiplyKernel;
import org.bitindex.code.Code;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.IntegerReader;

/**
 * All planes at once, as packed digits that are multiplied in 16 bits: the same work at any
 * density, and for every batch the same weights, of as many bits as the code has. One row of
 * activations is multiplied by the digits; for several the digits of a group of columns become
 * integers q first, once for all rows.
 */
final class MultiplyAdd implements PartProduct {
  /** Groups whose sums and integers stay in the first cache. */
  static final int BLOCK_GROUPS = 8;

  /** The most rows of activations for which q is not worth making. */
  private static final int FEW_ROWS = 2;

  /** Numbers of columns whose products may add up within 16 bits; they divide a group's. */
  private static final int[] PERIODS = {
    Arithmetic.GROUP_COLUMNS, 60, 40, 30, 24, 20, 15, 12, 10, 8, 6, 5, 4, 3, 2, 1
  };

  private static final int[] NO_SHIFTS = new int[MultiplyKernel.STEP];

  private static final ValueLayout.OfShort WORD = ValueLayout.JAVA_SHORT;

  private final Division division;
  private final DigitFormat[] formats;

  /** What each digit is shifted by. */
  private final int[] shifts;

  /** q whose digits are zero. */
  private final int lowest;

  private final MultiplyKernel[] multiply;

  /** For integers q, whatever digits they come from: one kernel is compiled sooner than four. */
  private final MultiplyKernel ofIntegers;

  private final MemorySegment[] words;
  private final boolean integersFit;

  /** Rows of a pair of panels. */
  private final int pairRows;

  /**
   * Of [pair of panels][group][period], the most that the magnitudes of a row's integers add up to
   * in one period.
   */
  private final short[] largestSums;

  /** Of each group, the most that the magnitudes of any row's integers add up to. */
  private final int[] largestOfGroups;

  MultiplyAdd(EncodedMatrix matrix, Division division, Kernels kernels) {
    this.division = division;
    var digits = Digits.of(matrix.code());
    this.formats = new DigitFormat[digits.count()];
    this.shifts = new int[digits.count()];
    this.lowest = digits.lowest();
    this.multiply = new MultiplyKernel[digits.count()];
    this.ofIntegers = kernels.multiply(DigitFormat.MAX_BITS);
    this.words = new MemorySegment[digits.count()];
    this.integersFit = integersFit(matrix.code(), division);
    this.pairRows = 4 * kernels.lanes();
    int pairs = Math.ceilDiv(matrix.rows(), pairRows);
    this.largestSums = new short[pairs * division.groups() * PERIODS.length];
    this.largestOfGroups = new int[division.groups()];
    for (int i = 0; i < formats.length; i++) {
      formats[i] = new DigitFormat(2 * kernels.lanes(), matrix.columns(), digits.bits()[i]);
      shifts[i] = digits.shift(i);
      multiply[i] = kernels.multiply(formats[i].bits());
      words[i] = Scratch.allocate(pairs * formats[i].pairBytes());
    }
    int[] q = new int[matrix.columns()];
    IntegerReader reader = matrix.integers();
    for (int row = 0; row < matrix.rows(); row++) {
      reader.readRow(row, q);
      for (int i = 0; i < formats.length; i++) {
        writeRow(row, q, i);
      }
      addSums(row, q);
    }
  }

  /** Whether this many samples are worth making q, which all of them then share. */
  static boolean sharesIntegers(Division division, int samples) {
    return samples * division.pieces() > FEW_ROWS;
  }

  /** Whether the product of an integer q and a piece of an activation fits 16 bits. */
  static boolean integersFit(Code code, Division division) {
    int largest = Math.max(-code.lowest(), code.highest());
    return largest <= Short.MAX_VALUE >> (division.pieceBits() - 1);
  }

  private void addSums(int row, int[] q) {
    int[] before = new int[Arithmetic.GROUP_COLUMNS + 1];
    for (int group = 0; group < division.groups(); group++) {
      int from = group * Arithmetic.GROUP_COLUMNS;
      int count = columns(group);
      int sum = 0;
      for (int j = 0; j < count; j++) {
        sum += Math.abs(q[from + j]);
        before[j + 1] = sum;
      }
      int at = sumsAt(row / pairRows, group);
      for (int i = 0; i < PERIODS.length; i++) {
        int largest = largestSums[at + i];
        for (int first = 0; first < count; first += PERIODS[i]) {
          largest = Math.max(largest, before[Math.min(count, first + PERIODS[i])] - before[first]);
        }
        largestSums[at + i] = (short) largest;
      }
      largestOfGroups[group] = Math.max(largestOfGroups[group], largestSums[at]);
    }
  }

  /** The first of the sums of a group. */
  private int sumsAt(int pair, int group) {
    return (pair * division.groups() + group) * PERIODS.length;
  }

  /** The longest period whose products fit 16 bits. */
  private int period(int sumsAt, int largestPiece) {
    int i = 0;
    while (i < PERIODS.length - 1 && largestSums[sumsAt + i] * largestPiece > Short.MAX_VALUE) {
      i++;
    }
    return PERIODS[i];
  }

  private void writeRow(int row, int[] q, int i) {
    DigitFormat format = formats[i];
    int half = format.lanes() / 2;
    int inPanel = row % format.lanes();
    int lane = inPanel < half ? 2 * inPanel : 2 * (inPanel - half) + 1;
    long at = (long) row / pairRows * format.pairBytes();
    at += row / format.lanes() % 2 * format.wordBytes() / 2 + (long) lane * Short.BYTES;
    int bits = format.bits();
    int mask = (1 << bits) - 1;
    int shift = shifts[i];
    for (int group = 0; group < division.groups(); group++) {
      int end = group * Arithmetic.GROUP_COLUMNS + columns(group);
      for (int j = group * Arithmetic.GROUP_COLUMNS; j < end; at += format.wordBytes()) {
        int next = Math.min(end, j + format.wordColumns());
        int packed = 0;
        for (int place = 0; j < next; j++, place += bits) {
          packed |= (((q[j] - lowest) >> shift) & mask) << place;
        }
        words[i].set(WORD, at, (short) packed);
      }
    }
  }

  @Override
  public Form form() {
    return Form.PAIRS;
  }

  @Override
  public long bytes() {
    return Scratch.bytes(words) + (long) largestSums.length * Short.BYTES;
  }

  /** Sets Q; what fits ints stays in {@link Scratch#intSums}. */
  @Override
  public void add(Activations x, int tile, int part, Scratch scratch) {
    int samples = x.samples(tile); // all, see Form.PAIRS
    scratch.clearIntFactors();
    if (integersFit && sharesIntegers(division, samples)) {
      addIntegers(x, samples, part, scratch);
      return;
    }
    for (int s = 0; s < samples; s++) {
      scratch.clearRow(division, s);
      addDigits(x, s, part, s * Scratch.stride(division.partRows()), scratch);
    }
  }

  /**
   * Integers q times all samples, in steps of rows of activations: a row is a piece of a sample.
   */
  private void addIntegers(Activations x, int samples, int part, Scratch scratch) {
    int rows = samples * division.pieces();
    int steps = Math.ceilDiv(rows, MultiplyKernel.STEP);
    Arrays.fill(scratch.stepsFit, 0, steps, true);
    for (int row = 0; row < rows; row++) {
      scratch.stepsFit[row / MultiplyKernel.STEP] &= sumsFit(x, row / division.pieces());
    }
    int firstPair = division.first(part) / pairRows;
    int pairs = Math.ceilDiv(division.size(part), pairRows);
    int pairSums = steps * MultiplyKernel.STEP * pairRows;
    scratch.clearIntSums(pairs, pairSums);
    for (int s = 0; s < samples; s++) {
      if (division.pieces() == 1 && scratch.stepsFit[s / MultiplyKernel.STEP]) {
        scratch.intFactors[s] = 1 << x.leastShift(s); // its sums stay ints
      } else {
        scratch.clearRow(division, s);
      }
    }
    for (int pair = 0; pair < pairs; pair++) {
      int sumsAt = pair * pairSums;
      int row = pair * pairRows;
      for (int group = 0; group < division.groups(); group++) {
        unpack(firstPair + pair, group, scratch.weights);
        for (int step = 0; step < steps; step++) {
          addStep(x, step, group, firstPair + pair, sumsAt, scratch);
          if (!scratch.stepsFit[step]) {
            addToQ(x, step, rows, group, sumsAt, row, scratch);
          }
        }
      }
      for (int step = 0; step < steps; step++) {
        if (scratch.stepsFit[step] && division.pieces() > 1) {
          addToQ(x, step, rows, -1, sumsAt, row, scratch);
        }
      }
    }
  }

  /**
   * Whether the sum over groups g of 2^(shift_g - least shift) times the group's sum fits an int,
   * for all rows of weights and pieces of a sample.
   */
  private boolean sumsFit(Activations x, int n) {
    long most = 0;
    for (int group = 0; group < division.groups(); group++) {
      int shift = x.furtherShift(n, group);
      if (shift > Short.SIZE) {
        return false;
      }
      most += ((long) x.largestPiece(n, group) * largestOfGroups[group]) << shift;
    }
    return most <= Integer.MAX_VALUE;
  }

  /** A group times the rows of activations of one step, for the rows of a pair of panels. */
  private void addStep(Activations x, int step, int group, int pair, int sumsAt, Scratch scratch) {
    int row = step * MultiplyKernel.STEP;
    boolean fits = scratch.stepsFit[step];
    ofIntegers.multiply(
        scratch.weights,
        x.pairs(),
        row * x.stride() + group * Arithmetic.GROUP_COLUMNS,
        x.stride(),
        columns(group),
        period(sumsAt(pair, group), x.stepPiece(step, group)),
        fits ? x.stepShifts() : NO_SHIFTS,
        fits ? x.stepShiftsAt(step, group) : 0,
        scratch.intSums,
        sumsAt + row * pairRows);
  }

  /**
   * Adds the sums of a step's rows to Q and zeros them.
   *
   * @param rows of activations
   * @param group whose sums they are, or -1 for those of all groups
   */
  private void addToQ(
      Activations x, int step, int rows, int group, int sumsAt, int weightsRow, Scratch scratch) {
    int pieces = division.pieces();
    int first = step * MultiplyKernel.STEP;
    for (int r = first; r < Math.min(rows, first + MultiplyKernel.STEP); r++) {
      int s = r / pieces;
      int shift = group < 0 ? x.leastShift(s) : x.shift(s, group);
      scratch.factors[0] = 1L << (r % pieces * Division.PIECE_BITS + shift);
      int to = s * Scratch.stride(division.partRows()) + weightsRow;
      int from = sumsAt + r * pairRows;
      ofIntegers.addSums(scratch.intSums, from, 1, scratch.factors, scratch.q, to);
    }
    int from = sumsAt + first * pairRows;
    Arrays.fill(scratch.intSums, from, from + MultiplyKernel.STEP * pairRows, 0);
  }

  /** The integers q of a group of a pair of panels. */
  private void unpack(int pair, int group, short[] weights) {
    int columns = columns(group);
    for (int i = 0; i < formats.length; i++) {
      DigitFormat format = formats[i];
      long at = pair * format.pairBytes() + (long) group * format.groupWords() * format.wordBytes();
      if (i == 0) {
        multiply[i].unpack(words[i], at, columns, shifts[i], lowest, weights);
      } else {
        multiply[i].unpackMore(words[i], at, columns, shifts[i], weights);
      }
    }
  }

  private int columns(int group) {
    int from = group * Arithmetic.GROUP_COLUMNS;
    return Math.min(Arithmetic.GROUP_COLUMNS, division.columns() - from);
  }

  /** One sample times digits, block by block of groups. */
  private void addDigits(Activations x, int n, int part, int target, Scratch scratch) {
    for (int group = 0; group < division.groups(); group += BLOCK_GROUPS) {
      int groups = Math.min(BLOCK_GROUPS, division.groups() - group);
      for (int piece = 0; piece < division.pieces(); piece++) {
        for (int i = 0; i < formats.length; i++) {
          int shift = shifts[i] + piece * Division.PIECE_BITS;
          for (int g = 0; g < groups; g++) {
            scratch.factors[g] = 1L << (shift + x.shift(n, group + g));
          }
          addBlock(x, n, piece, group, groups, i, part, target, scratch);
        }
      }
    }
    addLowest(x.sum(n), part, target, scratch.q);
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
    MultiplyKernel kernel = multiply[digit];
    int period = format.period(division.pieceBits());
    int column = group * Arithmetic.GROUP_COLUMNS;
    int at = (n * division.pieces() + piece) * x.stride() + column;
    int work = format.lanes();
    int pairs = Math.ceilDiv(division.size(part), pairRows);
    for (int pair = 0; pair < pairs; pair++) {
      long wordsAt =
          (division.first(part) / pairRows + pair) * format.pairBytes()
              + (long) group * format.groupWords() * format.wordBytes();
      int rowsAt = target + pair * pairRows;
      int left = division.columns() - column;
      int[] sums = scratch.groupSums;
      Arrays.fill(sums, work, work + groups * pairRows, 0);
      kernel.add(words[digit], wordsAt, x.pairs(), at, left, groups, period, sums, work);
      kernel.addSums(sums, work, groups, scratch.factors, scratch.q, rowsAt);
    }
  }

  /** The lowest integer times S, which digits leave out. */
  private void addLowest(long sum, int part, int target, double[] q) {
    double left = (double) lowest * sum;
    for (int i = target; left != 0 && i < target + division.size(part); i++) {
      q[i] += left;
    }
  }
}
