package org.bitindex.backend.vector.product;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.vector.kernel.Kernels;
import org.bitindex.backend.vector.kernel.LookupFormat;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.PlaneReader;
import org.bitindex.layout.StoredPlanes;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/** A matrix in the forms that the batch sizes met so far ask for. */
public final class PreparedWeights {
  /** Batches of 1, 2, at most 4, at most 8, at most 16, and of more samples. */
  private static final int REGIMES = 6;

  /** The most bits of integers that are packed. */
  private static final int PACKED_BITS = 8;

  private final EncodedMatrix matrix;
  private final Kernels kernels;
  private final RowParts parts;
  private final LookupFormat format;
  private final boolean wide;
  private final boolean packed;
  private final int panelColumns;
  private final AtomicReferenceArray<Choice> choices = new AtomicReferenceArray<>(REGIMES);
  private final Planes planes;
  private final Planes complement;
  private final Nonzeros nonzeros;
  private @Nullable Product weighted;

  /**
   * How batches of some size are multiplied.
   *
   * @param products their sum is Q
   * @param tables whether one of them reads tables
   * @param panels whether one of them reads panels
   * @param packed whether panels are packed
   * @param planes the most planes that a product sums at once
   * @param written whether there is one, which writes float(Q)
   * @param sampleNanoseconds estimate for one sample on one thread
   */
  public record Choice(
      List<Product> products,
      boolean tables,
      boolean panels,
      boolean packed,
      int planes,
      boolean written,
      double sampleNanoseconds) {
    static Choice of(List<Product> products, boolean packed, double sampleNanoseconds) {
      return new Choice(
          products,
          products.stream().anyMatch(LookupProduct.class::isInstance),
          products.stream().anyMatch(PanelProduct.class::isInstance),
          packed,
          products.stream().mapToInt(Product::planes).max().orElse(1),
          products.size() == 1 && products.getFirst().writes(),
          sampleNanoseconds);
    }
  }

  public PreparedWeights(EncodedMatrix matrix, int activationBits, Kernels kernels, int threads) {
    this.matrix = matrix;
    this.kernels = kernels;
    int[] coefficients = matrix.code().coefficients();
    this.parts = RowParts.of(matrix.rows(), matrix.columns(), coefficients.length, threads);
    int integerBits = Arithmetic.integerBits(matrix.columns(), activationBits);
    this.wide = !Arithmetic.narrow(matrix.columns(), activationBits);
    this.format = new LookupFormat(2 * kernels.lanes(), matrix.columns(), integerBits);
    this.packed = integerBits <= PACKED_BITS;
    double bitsPerRow =
        (double) matrix.setBits() / coefficients.length / Math.max(1, matrix.rows());
    this.panelColumns =
        wide ? Activations.SHORT_PANEL : Activations.panelColumns(bitsPerRow, matrix.columns());
    this.planes =
        new Planes(
            IntStream.range(0, coefficients.length)
                .mapToObj(p -> signed(coefficients[p], matrix.planes(), p))
                .toList(),
            this);
    this.complement = new Planes(TwosComplement.of(matrix), this);
    this.nonzeros = Nonzeros.of(matrix);
  }

  private static SignedPlane signed(int coefficient, StoredPlanes planes, int p) {
    PlaneReader reader = planes.first(p + 1).reader();
    long[][] words = new long[p + 1][BitMatrix.wordsPerRow(planes.columns())];
    return new SignedPlane(
        coefficient,
        planes.setBits(p),
        (row, target) -> {
          reader.readRow(row, words);
          System.arraycopy(words[p], 0, target, 0, words[p].length);
        });
  }

  public RowParts parts() {
    return parts;
  }

  public LookupFormat format() {
    return format;
  }

  List<SignedPlane> planes() {
    return planes.list();
  }

  /** Columns of a panel that is not packed. */
  public int panelColumns() {
    return panelColumns;
  }

  /** The products for a batch of this size, prepared at its first use. */
  public Choice choice(int batch) {
    int regime = Math.min(REGIMES - 1, Integer.SIZE - Integer.numberOfLeadingZeros(batch - 1));
    Choice choice = choices.get(regime);
    return choice == null ? choose(regime) : choice;
  }

  /** One way to multiply with all planes. */
  private record Alternative(
      double nanoseconds, boolean packed, Supplier<List<Product>> products) {}

  /** The least estimate decides: plane by plane, in two's complement or not, or all at once. */
  private synchronized Choice choose(int regime) {
    int batch = regime == REGIMES - 1 ? Activations.SAMPLES : 1 << regime;
    Alternative best =
        Stream.of(
                planeByPlane(planes, batch),
                planeByPlane(complement, batch),
                partialSums(planes, batch),
                partialSums(complement, batch),
                weightedLists(batch))
            .min(Comparator.comparingDouble(Alternative::nanoseconds))
            .orElseThrow();
    Choice choice = Choice.of(best.products.get(), best.packed, best.nanoseconds / batch);
    choices.set(regime, choice);
    return choice;
  }

  private Alternative planeByPlane(Planes all, int batch) {
    return new Alternative(all.nanoseconds(batch), packed, () -> all.products(batch));
  }

  private Alternative partialSums(Planes all, int batch) {
    int count = all.list().size();
    return new Alternative(
        count > 0
            ? nanoseconds(Strategy.PARTIAL_SUMS, all.setBits(), count, batch, 1)
            : Double.POSITIVE_INFINITY,
        packed,
        () -> List.of(all.sums()));
  }

  private Alternative weightedLists(int batch) {
    boolean fits = nonzeros.fit(matrix.code(), format.integerBits());
    return new Alternative(
        fits
            ? nanoseconds(Strategy.WEIGHTED_LISTS, nonzeros.count(), 1, batch, 1)
            : Double.POSITIVE_INFINITY,
        false,
        () -> List.of(weighted()));
  }

  /** The estimate for a product of {@code planeCount} planes, one of {@code 1 / share} products. */
  double nanoseconds(Strategy strategy, long entries, int planeCount, int batch, double share) {
    boolean pack = packed && strategy != Strategy.WEIGHTED_LISTS;
    var task = new Strategy.Task(matrix.rows(), entries, planeCount, batch, share);
    return strategy.nanoseconds(task, format, pack, width(pack), parts.count());
  }

  /** Prepares one plane. */
  Product prepare(Strategy strategy, SignedPlane plane) {
    return switch (strategy) {
      case LOOKUP -> new LookupProduct(plane, format, parts, kernels.lookups());
      case PARTIAL_SUMS -> prepareSums(List.of(plane));
      case LISTS ->
          panelProduct(ListWeights.of(plane, matrix.columns(), width(packed), parts, kernels));
      case JAGGED -> new JaggedProduct(plane, matrix.columns(), parts);
      case WEIGHTED_LISTS -> throw new IllegalArgumentException(strategy + " takes all planes");
    };
  }

  /** Planes at once: as one sum, where their sum fits. */
  Product prepareSums(List<SignedPlane> all) {
    boolean together = all.size() > 1 && nonzeros.sumsFit(format.integerBits());
    return panelProduct(
        new PartialSumWeights(all, together, matrix.columns(), width(packed), parts, kernels));
  }

  private Product weighted() {
    if (weighted == null) {
      weighted = prepareWeighted();
    }
    return weighted;
  }

  Product prepareWeighted() {
    return panelProduct(ListWeights.weighted(matrix, panelColumns, parts, kernels));
  }

  private Product panelProduct(PanelProduct.Weights weights) {
    return new PanelProduct(weights, wide, parts, kernels.panels());
  }

  private int width(boolean pack) {
    return pack ? Activations.SHORT_PANEL : panelColumns;
  }

  public synchronized long bytes() {
    return planes.bytes() + complement.bytes() + (weighted == null ? 0 : weighted.bytes());
  }
}
