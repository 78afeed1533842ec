package org.bitindex.backend.vector.product;

import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.code.Code;
import org.bitindex.event.PrepareEvent;
import org.bitindex.event.Recorder;
import org.bitindex.matrix.EncodedMatrix;

/** A matrix in the forms that the batch sizes met so far ask for. */
public final class Prepared {
  /** Batches of 1, 2, at most 4, at most 8, at most 16, and of more samples. */
  private static final int REGIMES = 6;

  /** Most entries that lists may hold, so that no array of theirs overflows. */
  private static final long MAX_ENTRIES = 1L << 28;

  /** Columns whose integers of 24 bits add up within int32: two groups, of at most 255. */
  private static final int SUM_COLUMNS = 2 * Arithmetic.GROUP_COLUMNS;

  /** Bytes of a panel that leave some of the first cache. */
  private static final int PANEL_BYTES = 30 << 10;

  private final EncodedMatrix matrix;
  private final Kernels kernels;
  private final Costs costs;
  private final int threads;

  /** Held from construction to the first choice, and while there is another one. */
  private final Planes own;

  private final Division division;
  private final Form planePanels;
  private final boolean longSums;
  private final boolean bytesFit;
  private final boolean weightsFit;
  private final boolean packedWeightsFit;
  private final Density density;
  private final List<BitPlane> planes;
  private final List<BitPlane> complement;
  private final AtomicReferenceArray<Choice> choices = new AtomicReferenceArray<>(REGIMES);

  /** Products by what they are made of; weighted lists of all planes too. */
  private final Map<Key, PartProduct> products = new HashMap<>();

  record Key(Strategy strategy, List<BitPlane> planes) {}

  public Prepared(EncodedMatrix matrix, int activationBits, Kernels kernels, int threads) {
    this.matrix = matrix;
    this.kernels = kernels;
    this.costs = Costs.of(kernels.lanes());
    this.threads = threads;
    int columns = matrix.columns();
    this.own = Planes.of(matrix);
    own.hold(threads);
    boolean narrow = Arithmetic.narrow(columns, activationBits);
    int integerBits = Arithmetic.integerBits(columns, activationBits);
    int most = Density.fullScale(integerBits);
    int[] widths = panelWidths(matrix);
    int ofGroup = widths.length;
    int[] counted = Arrays.copyOf(widths, narrow ? ofGroup + 1 : ofGroup);
    if (narrow) {
      counted[ofGroup] = Arithmetic.GROUP_COLUMNS;
    }
    this.density = Density.of(own, matrix.code(), counted, threads);
    this.planes = BitPlane.list(matrix.code().coefficients(), density.setBits(), own);
    int bits = density.complementBits().length;
    this.complement =
        BitPlane.list(
            TwosComplement.coefficients(bits),
            density.complementBits(),
            TwosComplement.of(own, bits));
    boolean whole = density.largestRow() <= most;
    int width = widths.length - 1;
    while (width > 0 && !whole && density.mostBits()[width] > most) {
      width--;
    }
    int weightWidth = width;
    int reach = 1 << Math.max(0, RowEntries.indexBits(matrix.code()));
    while (weightWidth > 0
        && ((!whole && density.largestWeights()[weightWidth] > most)
            || widths[weightWidth] >= reach)) {
      weightWidth--;
    }
    this.bytesFit =
        matrix.code().lowest() >= Byte.MIN_VALUE && matrix.code().highest() <= Byte.MAX_VALUE;
    this.packedWeightsFit =
        narrow
            && bytesFit
            && density.largestWeights()[ofGroup] << (activationBits - 1) < 1 << (Short.SIZE - 1);
    this.weightsFit = bytesFit && (whole || density.largestWeights()[weightWidth] <= most);
    int panelColumns = widths[weightsFit ? weightWidth : width];
    int lookupLanes = 2 * kernels.lanes();
    int base = LookupFormat.base(lookupLanes, narrow, matrix.code() instanceof Code.Ternary);
    this.division =
        new Division(
            matrix.rows(),
            Division.partRows(matrix.rows(), columns, planes.size(), threads),
            columns,
            activationBits,
            new LookupFormat(lookupLanes, columns, narrow, base),
            panelColumns,
            whole);
    this.planePanels = narrow ? Form.PACKED_PANELS : Form.PANELS;
    long sumOfCoefficients = IntStream.of(matrix.code().coefficients()).mapToLong(Math::abs).sum();
    this.longSums = columns * sumOfCoefficients > 1 << 30;
  }

  /**
   * Widths that panels may have, growing: those of about equal panels, from the least whose sums
   * always fit to what leaves some of the first cache; more columns where rows have few bits.
   */
  private int[] panelWidths(EncodedMatrix weights) {
    int columns = Math.max(1, weights.columns());
    int usual = Math.max(SUM_COLUMNS, PANEL_BYTES / kernels.bytes());
    double bits = (double) weights.setBits() / Math.max(1, weights.code().coefficients().length);
    boolean sparse = bits * usual < 8.0 * weights.rows() * columns;
    int fewest = Math.ceilDiv(columns, sparse ? 2 * usual : usual);
    int most = Math.ceilDiv(columns, SUM_COLUMNS);
    int group = Arithmetic.GROUP_COLUMNS;
    return IntStream.rangeClosed(Math.min(fewest, most), most)
        .map(panels -> Math.ceilDiv(Math.ceilDiv(columns, panels), group) * group)
        .distinct()
        .sorted()
        .toArray();
  }

  Division division() {
    return division;
  }

  List<BitPlane> planes() {
    return planes;
  }

  /** The products for a batch of this size, prepared at its first use. */
  public Choice choice(int batch) {
    int regime = regime(batch);
    Choice choice = choices.get(regime);
    if (choice != null) {
      return choice;
    }
    return Recorder.isStarted() ? recorded(regime) : choose(regime);
  }

  /** Chooses under the eyes of those who record. */
  private Choice recorded(int regime) {
    var event = new PrepareEvent();
    event.begin();
    Choice choice = choose(regime);
    event.end();
    if (event.shouldCommit()) {
      event.rows = matrix.rows();
      event.columns = matrix.columns();
      event.batch = samples(regime);
      event.strategy =
          choice.products().stream()
              .map(product -> product.getClass().getSimpleName())
              .collect(Collectors.joining(", "));
      event.preparedBytes = bytes();
      event.commit();
    }
    return choice;
  }

  private static int regime(int batch) {
    return Math.min(REGIMES - 1, Integer.SIZE - Integer.numberOfLeadingZeros(batch - 1));
  }

  /**
   * One way to multiply with all planes: a strategy for each plane, or one for all.
   *
   * @param nanoseconds its estimate
   * @param tasks what each of the keys was estimated for
   */
  record Alternative(double nanoseconds, List<Key> keys, List<Strategy.Task> tasks) {}

  /** The largest batch up to which all are multiplied as this one is, or by what is prepared. */
  public int largestLike(int batch) {
    List<Key> keys = best(samples(regime(batch))).keys;
    int regime = regime(batch);
    while (regime + 1 < REGIMES
        && (choices.get(regime + 1) != null || best(samples(regime + 1)).keys.equals(keys))) {
      regime++;
    }
    return samples(regime);
  }

  /** The most samples of a regime. */
  private static int samples(int regime) {
    return regime == REGIMES - 1 ? Activations.SAMPLES : 1 << regime;
  }

  private Alternative best(int batch) {
    return alternatives(batch).stream()
        .min(Comparator.comparingDouble(Alternative::nanoseconds))
        .orElseThrow();
  }

  /** The least estimate decides. */
  private synchronized Choice choose(int regime) {
    own.hold(threads);
    int batch = samples(regime);
    Alternative best = best(batch);
    Choice choice =
        longSums
            ? choiceOf(List.of(new LongSums(matrix, division)), best.nanoseconds / batch)
            : choice(best, batch);
    own.release();
    choices.set(regime, choice);
    return choice;
  }

  /** All ways for a batch: plane by plane, in two's complement or not, or all at once. */
  List<Alternative> alternatives(int batch) {
    List<Alternative> alternatives = new ArrayList<>();
    for (List<BitPlane> all :
        complement.isEmpty() ? List.of(planes) : List.of(planes, complement)) {
      alternatives.add(planeByPlane(all, batch, Strategy.LOOKUP, Strategy.JAGGED));
      alternatives.add(planeByPlane(all, batch, Strategy.PARTIAL_SUMS, Strategy.LISTS));
      alternatives.add(together(Strategy.PARTIAL_SUMS, all, batch));
    }
    if (division.lookups().base() == 3) {
      alternatives.add(together(Strategy.LOOKUP, planes, batch));
    }
    alternatives.add(together(Strategy.MULTIPLY_ADD, planes, batch));
    alternatives.add(together(Strategy.WEIGHTED_LISTS, planes, batch));
    alternatives.add(together(Strategy.PACKED_WEIGHTED_LISTS, planes, batch));
    alternatives.add(together(Strategy.WEIGHTED_JAGGED, planes, batch));
    return alternatives;
  }

  /** Prepares one way. */
  Choice choice(Alternative way, int batch) {
    return choiceOf(prepare(way.keys), way.nanoseconds / batch);
  }

  Choice choiceOf(List<PartProduct> chosen, double sampleNanoseconds) {
    Set<Form> forms = EnumSet.noneOf(Form.class);
    chosen.forEach(product -> forms.add(product.form()));
    int most = Math.max(planes.size(), complement.size());
    return new Choice(
        division,
        chosen,
        forms,
        most,
        costs.sharing() / sampleNanoseconds,
        costs.waking() / sampleNanoseconds);
  }

  /** For each plane with bits the better of two strategies. */
  private Alternative planeByPlane(List<BitPlane> all, int batch, Strategy dense, Strategy sparse) {
    double sum = 0;
    List<Key> keys = new ArrayList<>();
    List<Strategy.Task> tasks = new ArrayList<>();
    for (BitPlane plane : all) {
      if (plane.setBits() > 0) {
        double share = 1.0 / all.size();
        Strategy.Task task = task(planePanels, plane.setBits(), 1, 1, batch, share);
        double ofDense = nanoseconds(dense, task);
        double ofSparse = nanoseconds(sparse, task);
        sum += Math.min(ofDense, ofSparse);
        keys.add(new Key(ofDense <= ofSparse ? dense : sparse, List.of(plane)));
        tasks.add(task);
      }
    }
    return new Alternative(sum, keys, tasks);
  }

  private Alternative together(Strategy strategy, List<BitPlane> all, int batch) {
    long bits = all.stream().mapToLong(BitPlane::setBits).sum();
    long nonzeros = density.nonzeros();
    int largest = Math.max(-matrix.code().lowest(), matrix.code().highest());
    Strategy.Task task =
        switch (strategy) {
          case WEIGHTED_JAGGED -> task(planePanels, nonzeros, 1, largest, batch, 1);
          case WEIGHTED_LISTS -> task(Form.PANELS, nonzeros, 1, largest, batch, 1);
          case PACKED_WEIGHTED_LISTS -> task(Form.PACKED_GROUPS, nonzeros, 1, largest, batch, 1);
          case MULTIPLY_ADD ->
              task(planePanels, nonzeros, Digits.of(matrix.code()).count(), largest, batch, 1);
          default -> task(planePanels, bits, all.size(), largest, batch, 1);
        };
    return new Alternative(
        nanoseconds(strategy, task), List.of(new Key(strategy, all)), List.of(task));
  }

  private Strategy.Task task(
      Form form, long entries, int planeCount, int largest, int batch, double share) {
    double mean = (double) density.largestRow() / division.columns();
    return new Strategy.Task(
        division, form, kernels.lanes(), entries, planeCount, largest, mean, batch, share);
  }

  private double nanoseconds(Strategy strategy, Strategy.Task task) {
    boolean possible =
        switch (strategy) {
          case WEIGHTED_JAGGED -> bytesFit && task.entries() <= MAX_ENTRIES;
          case WEIGHTED_LISTS -> weightsFit && task.entries() <= MAX_ENTRIES;
          case PACKED_WEIGHTED_LISTS -> packedWeightsFit && task.entries() <= MAX_ENTRIES;
          case LISTS, JAGGED -> task.entries() <= MAX_ENTRIES;
          case MULTIPLY_ADD ->
              !MultiplyAdd.sharesIntegers(division, task.batch())
                  || MultiplyAdd.integersFit(matrix.code(), division);
          case LOOKUP -> task.planes() == division.lookups().base() - 1;
          case PARTIAL_SUMS ->
              (long) division.partRows() * matrix.columns() <= (long) SUM_COLUMNS << 20;
        };
    return possible ? strategy.nanoseconds(task, costs) : Double.POSITIVE_INFINITY;
  }

  /**
   * Products, of which those met before are kept; planes that become look-ups are read together.
   */
  private List<PartProduct> prepare(List<Key> keys) {
    List<List<BitPlane>> lookups =
        keys.stream()
            .filter(key -> key.strategy == Strategy.LOOKUP && !products.containsKey(key))
            .map(key -> key.planes)
            .toList();
    List<Lookup> prepared = Lookup.of(lookups, division, kernels, threads);
    for (int i = 0; i < prepared.size(); i++) {
      products.put(new Key(Strategy.LOOKUP, lookups.get(i)), prepared.get(i));
    }
    return keys.stream().map(key -> products.computeIfAbsent(key, this::prepare)).toList();
  }

  private PartProduct prepare(Key key) {
    return prepare(key.strategy, key.planes);
  }

  /** A product of planes with one strategy. */
  PartProduct prepare(Strategy strategy, List<BitPlane> of) {
    return switch (strategy) {
      case LOOKUP -> Lookup.of(List.of(of), division, kernels, threads).getFirst();
      case PARTIAL_SUMS -> new PartialSums(of, planePanels, division, kernels.sums(), threads);
      case LISTS -> Lists.of(of.getFirst(), planePanels, division, kernels.sums(), threads);
      case JAGGED -> Jagged.of(of.getFirst(), division, threads);
      case WEIGHTED_JAGGED -> Jagged.weighted(own, matrix.code(), division, threads);
      case MULTIPLY_ADD -> new MultiplyAdd(own, matrix.code(), division, kernels, threads);
      case WEIGHTED_LISTS -> weightedLists(Form.PANELS);
      case PACKED_WEIGHTED_LISTS -> weightedLists(Form.PACKED_GROUPS);
    };
  }

  private Lists weightedLists(Form form) {
    return Lists.weighted(own, matrix.code(), form, division, kernels.sums(), threads);
  }

  /** Releases what only batches of other sizes use. */
  public synchronized void keepOnly(int... batches) {
    Set<Integer> regimes = IntStream.of(batches).map(Prepared::regime).boxed().collect(toSet());
    Set<PartProduct> used = new HashSet<>();
    for (int regime = 0; regime < REGIMES; regime++) {
      Choice choice = choices.get(regime);
      if (choice != null && regimes.contains(regime)) {
        used.addAll(choice.products());
      } else {
        choices.set(regime, null);
      }
    }
    products.values().retainAll(used);
  }

  public synchronized long bytes() {
    return products.values().stream().mapToLong(PartProduct::bytes).sum();
  }
}
