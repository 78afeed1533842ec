package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.DigitFormat;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.MultiplyKernel;
import org.bitindex.code.Code;
import org.bitindex.internal.Parallel;
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

  private static final VarHandle BYTES =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long EACH_BYTE = 0x0101_0101_0101_0101L;

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

  /** How many of the periods have sums: the next one's products fit whatever the weights are. */
  private final int periods;

  /**
   * Of [pair of panels][group][period], the most that the magnitudes of a row's integers add up to
   * in one period.
   */
  private final short[] largestSums;

  /** Of each group, the most that the magnitudes of any row's integers add up to. */
  private final int[] largestOfGroups;

  MultiplyAdd(Planes planes, Code code, Division division, Kernels kernels, int threads) {
    this.division = division;
    var digits = Digits.of(code);
    this.formats = new DigitFormat[digits.count()];
    this.shifts = new int[digits.count()];
    this.lowest = digits.lowest();
    this.multiply = new MultiplyKernel[digits.count()];
    this.ofIntegers = kernels.multiply(DigitFormat.MAX_BITS);
    this.words = new MemorySegment[digits.count()];
    this.integersFit = integersFit(code, division);
    this.pairRows = 4 * kernels.lanes();
    this.periods = periods(largest(code), division.pieceBits());
    int pairs = Math.ceilDiv(division.rows(), pairRows);
    this.largestSums = new short[pairs * division.groups() * periods];
    this.largestOfGroups = new int[division.groups()];
    for (int i = 0; i < formats.length; i++) {
      formats[i] = new DigitFormat(2 * kernels.lanes(), division.columns(), digits.bits()[i]);
      shifts[i] = digits.shift(i);
      multiply[i] = kernels.multiply(formats[i].bits());
      words[i] = Scratch.allocate(pairs * formats[i].pairBytes());
    }
    Parallel.forRows(
        threads,
        pairs,
        (from, to) -> {
          var reader = new IntegerReader(planes.reader(), division.columns(), code.coefficients());
          int[] before = new int[Arithmetic.GROUP_COLUMNS + 1];
          PanelWriter[] writers = new PanelWriter[formats.length];
          Arrays.setAll(writers, i -> writer(i, from * pairRows));
          int end = (int) Math.min(division.rows(), (long) to * pairRows);
          for (int row = from * pairRows; row < end; row++) {
            byte[] q = reader.readBytes(row);
            for (int i = 0; i < writers.length; i++) {
              int at = writers[i].next();
              packRow(q, i, writers[i].packed(), at);
            }
            addSums(row, q, before);
          }
          for (PanelWriter writer : writers) {
            writer.write();
          }
        });
    for (int at = 0; at < largestSums.length; at += periods) {
      int group = at / periods % division.groups();
      largestOfGroups[group] = Math.max(largestOfGroups[group], largestSums[at]);
    }
  }

  /** Whether this many samples are worth making q, which all of them then share. */
  static boolean sharesIntegers(Division division, int samples) {
    return samples * division.pieces() > FEW_ROWS;
  }

  /** Whether the product of an integer q and a piece of an activation fits 16 bits. */
  static boolean integersFit(Code code, Division division) {
    return largest(code) <= Short.MAX_VALUE >> (division.pieceBits() - 1);
  }

  private static int largest(Code code) {
    return Math.max(-code.lowest(), code.highest());
  }

  /** How many periods are longer than what always fits, at least one. */
  private static int periods(int largest, int pieceBits) {
    int i = 0;
    while (i < PERIODS.length - 1 && (PERIODS[i] * largest) << (pieceBits - 1) > Short.MAX_VALUE) {
      i++;
    }
    return Math.max(1, i);
  }

  private PanelWriter writer(int i, int firstRow) {
    return new PanelWriter(words[i], formats[i].lanes(), formats[i].words(), firstRow);
  }

  private void addSums(int row, byte[] q, int[] before) {
    int mask = lowest < 0 ? -1 : 0xff;
    for (int group = 0; group < division.groups(); group++) {
      int from = group * Arithmetic.GROUP_COLUMNS;
      int count = columns(group);
      int sum = 0;
      for (int j = 0; j < count; j++) {
        sum += Math.abs(q[from + j] & mask);
        before[j + 1] = sum;
      }
      int at = sumsAt(row / pairRows, group);
      for (int i = 0; i < periods; i++) {
        int period = PERIODS[i];
        int largest = largestSums[at + i];
        int first = 0;
        for (; first + period <= count; first += period) {
          largest = Math.max(largest, before[first + period] - before[first]);
        }
        largestSums[at + i] = (short) Math.max(largest, sum - before[first]);
      }
    }
  }

  /** The first of the sums of a group. */
  private int sumsAt(int pair, int group) {
    return (pair * division.groups() + group) * periods;
  }

  /** The longest period whose products fit 16 bits. */
  private int period(int sumsAt, int largestPiece) {
    int i = 0;
    while (i < periods && largestSums[sumsAt + i] * largestPiece > Short.MAX_VALUE) {
      i++;
    }
    return PERIODS[i];
  }

  /** The words of digit {@code i} of a row, from {@code target} on; two of 4 columns at once. */
  private void packRow(byte[] q, int i, short[] packed, int target) {
    int wordColumns = formats[i].wordColumns();
    int step = Math.max(wordColumns, Long.BYTES / wordColumns * wordColumns);
    int at = target;
    for (int group = 0; group < division.groups(); group++) {
      int from = group * Arithmetic.GROUP_COLUMNS;
      int end = from + columns(group);
      for (int j = from; j < end; j += step) {
        int count = Math.min(step, end - j);
        long digits = packed(q, j, count, i);
        for (int column = 0; column < count; column += wordColumns) {
          packed[at++] = (short) digits;
          digits >>>= Short.SIZE;
        }
      }
    }
  }

  /** Digit {@code i} of neighbouring columns, at most 16. */
  private long packed(byte[] q, int from, int count, int i) {
    int bits = formats[i].bits();
    long digits = ((1L << bits) - 1) * EACH_BYTE;
    long packed = 0;
    for (int j = 0; j < count; j += Long.BYTES) {
      long taken = -1L >>> (Math.max(0, Long.BYTES - (count - j)) * Byte.SIZE);
      long t = aboveLowest((long) BYTES.get(q, from + j)) >>> shifts[i];
      packed |= Long.compress(t, digits & taken) << (j * bits);
    }
    return packed;
  }

  /** q - lowest in each byte, modulo 256. */
  private long aboveLowest(long q) {
    long added = -lowest * EACH_BYTE;
    long low = 0x7f * EACH_BYTE;
    return ((q & low) + (added & low)) ^ ((q ^ added) & ~low);
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
