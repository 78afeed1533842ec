package org.bitindex.backend.vector.product;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Set;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.ActivationKernel;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.backend.vector.kernel.LookupKernel;
import org.bitindex.backend.vector.kernel.MultiplyKernel;
import org.bitindex.backend.vector.kernel.PanelKernel;

/**
 * The quantised activations of a pass of samples, in the forms that products read; reused. Samples
 * come in tiles of two vectors of ints, or in one where products take any number at once. Memory
 * follows the largest pass so far.
 */
public final class Activations {
  /** The most samples of a pass. */
  public static final int SAMPLES = 64;

  /** Integers of 24 bits that add up within int32. */
  static final int INT_SUM = 255;

  /** Readable columns past the last: kernels read whole words, rounded up to whole vectors. */
  private static final int PADDING = 64;

  /** The largest magnitude of a piece, where an integer has several. */
  private static final int LARGEST_OF_SEVERAL = 1 << (Division.PIECE_BITS - 1);

  private static final int PAIRS_UNIT = 4;

  private final ActivationKernel kernel;
  private final PanelKernel panelKernel;

  /** Samples of a vector. */
  private final int lanes;

  private final int[] exponents = new int[SAMPLES];
  private final long[] sums = new long[SAMPLES];
  private final boolean[] finite = new boolean[SAMPLES];
  private final double[][] excess = new double[SAMPLES][2];
  private final int[] runCounts = new int[SAMPLES];
  private int batch;
  private int stride;
  private int tileSamples;
  // Of the choice, which itself would keep its weights alive.
  private Division division = Choice.NOTHING.division();
  private Set<Form> forms = Set.of();
  private boolean packed;
  private boolean acrossLanes;
  private int[] integers = {};
  private int[] pairs = {};
  private int[] sampleShifts = {};
  private int[] largestPieces = {};
  private int[] stepPieces = {};
  private int[] stepShifts = {};
  private final int[] leastShifts = new int[SAMPLES];
  private float[] groupMaxima = {};
  private int[] groupMagnitudes = {};
  private int[] groupSums = {};
  private int[] noShifts = {};
  private int[] magnitudes = {};
  private int[] runs = {};
  private int[] laneShifts = {};
  private boolean[] joined = {};
  private MemorySegment tables = MemorySegment.NULL;
  private MemorySegment[] panels = {};

  public Activations(Kernels kernels) {
    this.kernel = kernels.activations();
    this.panelKernel = kernels.panels();
    this.lanes = kernels.lanes();
  }

  /** Makes room for {@code samples} samples in the forms that are chosen. */
  public void begin(int samples, Choice choice) {
    batch = samples;
    division = choice.division();
    forms = choice.forms();
    packed = choice.packed();
    acrossLanes = choice.acrossLanes();
    tileSamples = forms.contains(Form.PAIRS) ? SAMPLES : 2 * lanes;
    stride = Math.addExact((division.columns() + 15) & ~15, PADDING);
    integers = grown(integers, Math.multiplyExact(batch, stride));
    int shifts = batch * division.groups();
    sampleShifts = grown(sampleShifts, shifts);
    groupMagnitudes = grown(groupMagnitudes, shifts);
    groupSums = grown(groupSums, shifts);
    groupMaxima = groupMaxima.length < shifts ? new float[shifts] : groupMaxima;
    if (forms.contains(Form.PAIRS)) {
      int steps = Math.ceilDiv(batch * division.pieces(), MultiplyKernel.STEP);
      pairs = grown(pairs, Math.multiplyExact(steps * MultiplyKernel.STEP, stride));
      largestPieces = grown(largestPieces, shifts);
      stepPieces = grown(stepPieces, steps * division.groups());
      stepShifts = grown(stepShifts, steps * division.groups() * MultiplyKernel.STEP);
    }
    if (forms.contains(Form.TABLES)) {
      LookupFormat lookups = division.lookups();
      if (!lookups.grouped()) {
        magnitudes = grown(magnitudes, batch * lookups.pieces() * lookups.words());
      }
      runs = grown(runs, batch * lookups.runInts());
      long bytes = (long) batch * lookups.pieces() * lookups.setBytes();
      tables = tables.byteSize() < bytes ? Scratch.allocate(bytes) : tables;
    }
    if (packed) {
      laneShifts = grown(laneShifts, tiles() * division.groups() * tileSamples());
    }
    if (acrossLanes) {
      int groups = tiles() * division.groups();
      joined = joined.length < groups ? new boolean[groups] : joined;
      noShifts = grown(noShifts, shifts);
      // A segment for each: kernels are fastest where a panel begins at 0.
      long rows = ((division.panelColumns(packed) + 15) & ~15) + 1L;
      int count = 2 * tiles() * division.panels(packed);
      panels = Scratch.grown(panels, count, rows * vectorBytes());
    }
  }

  private static int[] grown(int[] array, int length) {
    return array.length < length ? new int[length] : array;
  }

  /** Samples of a vector. */
  int lanes() {
    return lanes;
  }

  private int vectorBytes() {
    return lanes * Integer.BYTES;
  }

  /** Samples of a whole tile. */
  public int tileSamples() {
    return tileSamples;
  }

  /** Samples that are arranged at once: a tile, or part of one; few, so that threads share them. */
  private int unitSamples() {
    return forms.contains(Form.PAIRS) ? PAIRS_UNIT : 2 * lanes;
  }

  public int units() {
    return Math.ceilDiv(batch, unitSamples());
  }

  public int tiles() {
    return Math.ceilDiv(batch, tileSamples());
  }

  public int samples(int tile) {
    return Math.min(tileSamples(), batch - tile * tileSamples());
  }

  /** Vectors that the samples of a tile take, 1 or 2. */
  int vectors(int tile) {
    return samples(tile) > lanes ? 2 : 1;
  }

  /** Whether lanes hold two samples. */
  boolean packed() {
    return packed;
  }

  /** Vectors that sums of the samples of a tile take. */
  int sumVectors(int tile) {
    return packed ? 1 : vectors(tile);
  }

  /** Quantises the samples of one unit and arranges them; {@code input} is [sample][columns]. */
  public void arrange(int unit, float[] input, int inputOffset, Scratch scratch) {
    int first = unit * unitSamples();
    int count = Math.min(unitSamples(), batch - first);
    for (int n = first; n < first + count; n++) {
      quantize(n, input, inputOffset + n * division.columns());
      if (forms.contains(Form.PAIRS)) {
        cut(n);
      }
    }
    if (forms.contains(Form.PAIRS) && MultiplyAdd.sharesIntegers(division, batch)) {
      makeSteps(first, count);
    }
    if (forms.contains(Form.TABLES)) {
      for (int s = 0; s < count; ) {
        int sets = division.lookups().sets(count - s);
        makeTables(first + s, sets, scratch);
        s += sets / division.lookups().pieces();
      }
    }
    if (acrossLanes) {
      makePanels(unit, scratch);
    }
  }

  private void quantize(int n, float[] input, int from) {
    int columns = division.columns();
    int at = n * stride;
    int groups = division.groups();
    float max = 0;
    for (int g = 0; g < groups; g++) {
      int j = g * Arithmetic.GROUP_COLUMNS;
      int count = Math.min(Arithmetic.GROUP_COLUMNS, columns - j);
      groupMaxima[n * groups + g] = kernel.maxMagnitude(input, from + j, count);
      max = Math.max(max, groupMaxima[n * groups + g]); // NaN if either is
    }
    finite[n] = !Float.isNaN(max);
    if (!finite[n]) {
      // The outputs will be NaN; the others' must not be touched.
      Arrays.fill(integers, at, at + stride, 0);
      Arrays.fill(sampleShifts, n * groups, (n + 1) * groups, 0);
      Arrays.fill(groupMagnitudes, n * groups, (n + 1) * groups, 0);
      Arrays.fill(groupSums, n * groups, (n + 1) * groups, 0);
      leastShifts[n] = 0;
      return;
    }
    int bits = division.activationBits();
    int s = Arithmetic.scaleExponent(max, division.integerBits());
    boolean plain = bits == division.integerBits();
    long sum = 0;
    int leastShift = Integer.MAX_VALUE;
    for (int g = 0; g < groups; g++) {
      int j = g * Arithmetic.GROUP_COLUMNS;
      int count = Math.min(Arithmetic.GROUP_COLUMNS, columns - j);
      float groupMax = groupMaxima[n * groups + g];
      int own = plain ? s : Arithmetic.groupExponent(groupMax, bits, s);
      if (forms.contains(Form.PAIRS)) {
        largestPieces[n * groups + g] =
            division.pieces() == 1 ? Arithmetic.quantize(groupMax, own) : LARGEST_OF_SEVERAL;
      }
      sampleShifts[n * groups + g] = s - own;
      leastShift = groupMax == 0 ? leastShift : Math.min(leastShift, s - own);
      int groupSum =
          kernel.quantize(
              input,
              from + j,
              count,
              own,
              s - own,
              integers,
              at + j,
              groupMagnitudes,
              n * groups + g);
      groupSums[n * groups + g] = groupSum;
      sum += groupSum;
    }
    leastShifts[n] = max == 0 ? 0 : leastShift;
    exponents[n] = s;
    sums[n] = sum;
    Arrays.fill(integers, at + columns, at + stride, 0);
  }

  /**
   * Cuts m of one sample into pieces, p_0 + 2^8 p_1 + 2^16 p_2. What lies behind the last column
   * meets digits that are zero.
   */
  private void cut(int n) {
    int pieces = division.pieces();
    for (int group = 0; group < division.groups(); group++) {
      int j = group * Arithmetic.GROUP_COLUMNS;
      int shift = shift(n, group);
      int from = n * stride + j;
      int to = n * pieces * stride + j;
      int count = Math.min(Arithmetic.GROUP_COLUMNS, division.columns() - j);
      if (pieces == 1) { // a loop that the compiler vectorises
        for (int i = 0; i < count; i++) {
          pairs[to + i] = pair(integers[from + i] >> shift);
        }
        continue;
      }
      for (int i = 0; i < count; i++) {
        int m = integers[from + i] >> shift;
        for (int p = 0; p < pieces - 1; p++) {
          byte low = (byte) m;
          pairs[to + p * stride + i] = pair(low);
          m = (m - low) >> Division.PIECE_BITS;
        }
        pairs[to + (pieces - 1) * stride + i] = pair(m);
      }
    }
  }

  private static int pair(int piece) {
    return (piece << Short.SIZE) | (piece & 0xffff);
  }

  /**
   * Spreads what the kernel asks of the rows of some samples, step by step; where the last step has
   * more rows, the last sample's again.
   */
  private void makeSteps(int first, int count) {
    int groups = division.groups();
    int pieces = division.pieces();
    int end = (first + count) * pieces;
    for (int row = first * pieces; row < end || row % MultiplyKernel.STEP > 0; row++) {
      int n = Math.min(row, end - 1) / pieces;
      int inStep = row % MultiplyKernel.STEP;
      for (int group = 0; group < groups; group++) {
        int at = row / MultiplyKernel.STEP * groups + group;
        stepPieces[at] = Math.max(inStep == 0 ? 0 : stepPieces[at], largestPiece(n, group));
        stepShifts[at * MultiplyKernel.STEP + inStep] = furtherShift(n, group);
      }
    }
  }

  /** Makes the tables of {@code sets} sets that are read together, from sample {@code n} on. */
  private void makeTables(int n, int sets, Scratch scratch) {
    LookupFormat lookups = division.lookups();
    join(n, sets);
    long setBytes = lookups.wordTableBytes();
    for (int set = 0; set < sets; set++) {
      int sample = n + set / lookups.pieces();
      int piece = set % lookups.pieces();
      int run = runsAt(n);
      double sum = 0;
      for (int word = 0; word < lookups.words(); word += lookups.chunkWords()) {
        if (lookups.grouped() && word == runs[run + 1 + sets]) {
          run += 1 + sets;
        }
        int words = Math.min(lookups.chunkWords(), lookups.words() - word);
        int count = Math.min(lookups.chunkColumns(), words * lookups.wordColumns());
        int at = sample * stride + lookups.column(word);
        sum += split(at, count, piece, runs[run + 1 + set], scratch);
        long to = tablesAt(n, sets) + (word * sets + set) * setBytes;
        long skip = (sets - 1) * setBytes;
        if (lookups.base() == 2) {
          kernel.tables(scratch.parts, Scratch.NEGATIVES, count, tables, to, skip);
        } else {
          kernel.ternaryTables(scratch.parts, Scratch.NEGATIVES, count, tables, to, skip);
        }
      }
      // The sum of |p| is that of p and twice that of max(-p, 0).
      excess[sample][piece] = lookups.base() == 2 ? sum : sums[sample] + 2 * sum;
    }
  }

  /** Splits neighbouring integers and returns their N. */
  private double split(int at, int count, int piece, int shift, Scratch scratch) {
    boolean grouped = division.lookups().grouped();
    int right = grouped ? shift : LookupFormat.PIECE_BITS;
    int largest = grouped ? Integer.MAX_VALUE : LookupFormat.LARGEST_PIECE;
    boolean lower = !grouped && piece == 0;
    double unit = grouped ? 1 << shift : 1;
    return unit
        * kernel.split(
            integers, at, count, right, largest, lower, scratch.parts, Scratch.NEGATIVES);
  }

  /** Joins the words of these sets to runs. */
  private void join(int n, int sets) {
    LookupFormat lookups = division.lookups();
    int at = runsAt(n);
    if (lookups.grouped()) {
      int most = Math.max(1, lookups.blockWords(sets) / lookups.chunkWords());
      int first = n * division.groups();
      int count =
          division.joinGroups(
              sets, most, lookups.bound(), groupMagnitudes, sampleShifts, first, runs, at);
      for (int run = 0; run < count; run++) {
        runs[at + run * (1 + sets)] *= lookups.chunkWords();
      }
      runs[at + count * (1 + sets)] = lookups.words();
      runCounts[n] = count;
      return;
    }
    int words = lookups.words();
    int from = n * lookups.pieces() * words;
    for (int set = 0; set < sets; set += 2) {
      kernel.magnitudes(
          integers,
          (n + set / 2) * stride,
          words,
          LookupFormat.PIECE_BITS,
          LookupFormat.LARGEST_PIECE,
          magnitudes,
          from + set * words,
          from + (set + 1) * words);
    }
    runCounts[n] = lookups.joinWords(sets, magnitudes, from, runs, at);
  }

  /** Transposes the samples of one tile to panels. */
  private void makePanels(int tile, Scratch scratch) {
    int bytes = vectorBytes();
    int width = division.panelColumns(packed);
    if (!division.wholeSums(packed)) {
      joinPanels(tile, scratch);
    }
    for (int panel = 0; panel < division.panels(packed); panel++) {
      int count = Math.min(width, division.columns() - panel * width);
      for (int v = 0; v < vectors(tile); v++) {
        boolean second = packed && v == 1;
        transpose(
            tile, v, panel, count, second ? scratch.secondPanel : panel(tile, v, panel), scratch);
      }
      if (packed) {
        int shiftsAt = laneShiftsAt(tile, panel);
        panelKernel.pack(scratch.secondPanel, count, laneShifts, shiftsAt, panel(tile, 0, panel));
      }
      for (int v = 0; v < (packed ? 1 : vectors(tile)); v++) {
        clear(panel(tile, v, panel), (long) width * bytes, bytes);
      }
    }
  }

  /**
   * Joins groups to runs whose sums over any columns fit a lane, or half of one, and spreads the
   * shifts of packed ones as [group][vector][lane].
   */
  private void joinPanels(int tile, Scratch scratch) {
    int groups = division.groups();
    int samples = samples(tile);
    int size = 1 + samples;
    int[] tileRuns = scratch.runs(groups * size);
    int first = tile * tileSamples() * groups;
    for (int own = first; own < first + samples * groups; own++) {
      subsetMagnitude(own);
    }
    int most = forms.contains(Form.PACKED_GROUPS) ? 1 : groups;
    int bound = packed ? 1 << (Short.SIZE - 1) : Integer.MAX_VALUE;
    int[] shifts = packed ? sampleShifts : noShifts;
    int count =
        division.joinGroups(samples, most, bound, groupMagnitudes, shifts, first, tileRuns, 0);
    for (int run = 0; run < count; run++) {
      int from = tileRuns[run * size];
      int to = run == count - 1 ? groups : tileRuns[(run + 1) * size];
      for (int group = from; group < to; group++) {
        joined[tile * groups + group] = group > from;
        if (packed) {
          int at = laneShiftsAt(tile, group);
          System.arraycopy(tileRuns, run * size + 1, laneShifts, at, samples);
          Arrays.fill(laneShifts, at + samples, at + tileSamples(), 0);
        }
      }
    }
  }

  /**
   * Makes of a group's sum of magnitudes the largest magnitude of a sum over any of its columns:
   * that of the positive or of the negative integers; of packed panels without their shift.
   */
  private void subsetMagnitude(int own) {
    int shift = sampleShifts[own];
    int sum = Math.abs(groupSums[own]);
    groupMagnitudes[own] =
        packed
            ? (groupMagnitudes[own] + (sum >> shift)) / 2
            : ((groupMagnitudes[own] << shift) + sum) / 2;
  }

  private void transpose(
      int tile, int v, int panel, int count, MemorySegment target, Scratch scratch) {
    int first = v * lanes;
    int from = (tile * tileSamples() + first) * stride + panel * division.panelColumns(packed);
    int samples = Math.min(lanes, samples(tile) - first);
    panelKernel.transpose(integers, from, stride, samples, count, target, scratch.transposition);
  }

  /** Without a slice, which the compiler does not always keep off the heap. */
  private static void clear(MemorySegment target, long from, int bytes) {
    for (int i = 0; i < bytes; i += Long.BYTES) {
      target.set(ValueLayout.JAVA_LONG, from + i, 0);
    }
  }

  /** Tables of all sets, see {@link LookupFormat}. */
  MemorySegment tables() {
    return tables;
  }

  /** Where the tables of the {@code sets} sets from sample {@code n} on begin. */
  long tablesAt(int n, int sets) {
    LookupFormat lookups = division.lookups();
    return (long) n * lookups.pieces() * lookups.setBytes();
  }

  /** Runs of words, see {@link LookupKernel#add}. */
  int[] runs() {
    return runs;
  }

  /** Where the runs of the sets from sample {@code n} on begin. */
  int runsAt(int n) {
    return n * division.lookups().runInts();
  }

  int runCount(int n) {
    return runCounts[n];
  }

  /** What the look-ups of a piece of sample {@code n} exceed P by, see {@link LookupFormat}. */
  double excess(int n, int piece) {
    return excess[n][piece];
  }

  /**
   * A panel of vector {@code v} of one tile, or of both if packed; its row after the last column
   * that a panel may have is zero.
   */
  MemorySegment panel(int tile, int v, int panel) {
    return panels[(2 * tile + v) * division.panels(packed) + panel];
  }

  /** Whether the sums of a group of columns are taken together with those of the one before. */
  boolean joined(int tile, int group) {
    return division.wholeSums(packed) ? group > 0 : joined[tile * division.groups() + group];
  }

  /** What sums of packed panels are shifted by, as [tile][group][vector][lane]. */
  int[] laneShifts() {
    return laneShifts;
  }

  int laneShiftsAt(int tile, int group) {
    return (tile * division.groups() + group) * tileSamples();
  }

  /** x^ as [sample][stride]. */
  int[] integers() {
    return integers;
  }

  /** Pieces of m, each twice in an int, as [sample][piece][stride]. */
  int[] pairs() {
    return pairs;
  }

  /** s - s_g of sample {@code n}. */
  int shift(int n, int group) {
    return sampleShifts[n * division.groups() + group];
  }

  /** The least {@link #shift} of the groups of sample {@code n} that are not zero. */
  int leastShift(int n) {
    return leastShifts[n];
  }

  /** How much more than the least a group's sums are shifted; 0 where all of it is zero. */
  int furtherShift(int n, int group) {
    return Math.max(0, shift(n, group) - leastShifts[n]);
  }

  /** The largest magnitude of the pieces of a group of sample {@code n}, or more. */
  int largestPiece(int n, int group) {
    return finite[n] ? largestPieces[n * division.groups() + group] : 0;
  }

  /** The largest magnitude of the pieces of a group in the rows of a step, or more. */
  int stepPiece(int step, int group) {
    return stepPieces[step * division.groups() + group];
  }

  /** {@link #furtherShift} of each row of a step, as [step][group][row]. */
  int[] stepShifts() {
    return stepShifts;
  }

  int stepShiftsAt(int step, int group) {
    return (step * division.groups() + group) * MultiplyKernel.STEP;
  }

  /** S of sample {@code n}, if it is finite. */
  long sum(int n) {
    return sums[n];
  }

  int stride() {
    return stride;
  }

  /** Whether sample {@code n} has neither NaN nor infinity. */
  public boolean finite(int n) {
    return finite[n];
  }

  /** s of sample {@code n}. */
  public int exponent(int n) {
    return exponents[n];
  }

  /** float(S) of sample {@code n}. */
  public float offsetSum(int n) {
    return sums[n];
  }
}
