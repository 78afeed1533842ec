package org.bitindex.backend.vector;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bitindex.layout.Plane;
import org.bitindex.matrix.EncodedMatrix;

/** A matrix in the forms that the batch sizes met so far ask for. */
final class PreparedWeights {
  /** Batches of 1, 2, at most 4, at most 8, at most 16, and of more samples. */
  private static final int REGIMES = 6;

  private final EncodedMatrix matrix;
  private final Kernels kernels;
  private final RowParts parts;
  private final LookupFormat format;
  private final DenseFormat denseFormat;
  private final int panelColumns;
  private final AtomicReferenceArray<Choice> choices = new AtomicReferenceArray<>(REGIMES);
  private final Planes planes;
  private final Planes complement;
  private final Nonzeros nonzeros;
  private final Map<Strategy, Product> wholes = new EnumMap<>(Strategy.class);

  /**
   * How batches of some size are multiplied.
   *
   * @param products their sum is Q
   * @param tables whether one of them reads tables
   * @param panels whether one of them reads panels
   * @param pairs whether one of them reads pairs of parts
   * @param written whether there is one, which writes float(Q)
   * @param sampleNanoseconds estimate for one sample on one thread
   */
  record Choice(
      List<Product> products,
      boolean tables,
      boolean panels,
      boolean pairs,
      boolean written,
      double sampleNanoseconds) {
    static Choice of(List<Product> products, double sampleNanoseconds) {
      return new Choice(
          products,
          products.stream().anyMatch(LookupProduct.class::isInstance),
          products.stream().anyMatch(ListProduct.class::isInstance),
          products.stream().anyMatch(DenseProduct.class::isInstance),
          products.size() == 1 && products.getFirst().writes(),
          sampleNanoseconds);
    }
  }

  PreparedWeights(EncodedMatrix matrix, int activationBits, Kernels kernels, int threads) {
    this.matrix = matrix;
    this.kernels = kernels;
    int[] coefficients = matrix.code().coefficients();
    this.parts = RowParts.of(matrix.rows(), matrix.columns(), coefficients.length, threads);
    this.format = new LookupFormat(2 * kernels.lanes(), matrix.columns(), activationBits);
    this.denseFormat = DenseFormat.of(matrix.code(), matrix.columns(), activationBits);
    double bitsPerRow =
        (double) matrix.setBits() / coefficients.length / Math.max(1, matrix.rows());
    this.panelColumns = Activations.panelColumns(bitsPerRow, matrix.columns());
    this.planes =
        new Planes(
            IntStream.range(0, coefficients.length)
                .mapToObj(p -> signed(coefficients[p], matrix.planes().get(p)))
                .toList(),
            this);
    this.complement = new Planes(TwosComplement.of(matrix), this);
    this.nonzeros = Nonzeros.of(matrix);
  }

  private static SignedPlane signed(int coefficient, Plane plane) {
    return new SignedPlane(coefficient, plane.setBits(), plane::readRow);
  }

  RowParts parts() {
    return parts;
  }

  LookupFormat format() {
    return format;
  }

  DenseFormat denseFormat() {
    return denseFormat;
  }

  int panelColumns() {
    return panelColumns;
  }

  /** The products for a batch of this size, prepared at its first use. */
  Choice choice(int batch) {
    int regime = Math.min(REGIMES - 1, Integer.SIZE - Integer.numberOfLeadingZeros(batch - 1));
    Choice choice = choices.get(regime);
    return choice == null ? choose(regime) : choice;
  }

  /** One way to multiply with all planes. */
  private record Alternative(double nanoseconds, Supplier<List<Product>> products) {}

  /** The least estimate decides: planes as they are or in two's complement, nonzeros, or all. */
  private synchronized Choice choose(int regime) {
    int batch = regime == REGIMES - 1 ? Activations.SAMPLES : 1 << regime;
    Alternative best =
        Stream.of(
                new Alternative(planes.nanoseconds(batch), () -> planes.products(batch)),
                new Alternative(complement.nanoseconds(batch), () -> complement.products(batch)),
                whole(
                    Strategy.WEIGHTED_LISTS,
                    nonzeros.fit(matrix.code(), format.activationBits()),
                    nonzeros.count(),
                    batch),
                whole(Strategy.DENSE, denseFormat.fits(), denseEntries(batch), batch))
            .min(Comparator.comparingDouble(Alternative::nanoseconds))
            .orElseThrow();
    Choice choice = Choice.of(best.products.get(), best.nanoseconds / batch);
    choices.set(regime, choice);
    return choice;
  }

  /** A strategy that takes all planes at once, where the integers allow it. */
  private Alternative whole(Strategy strategy, boolean fits, long entries, int batch) {
    return new Alternative(
        fits ? nanoseconds(strategy, entries, batch, 1) : Double.POSITIVE_INFINITY,
        () -> List.of(wholes.computeIfAbsent(strategy, this::prepareWhole)));
  }

  /** Weights times pieces; of one vector of samples an odd piece leaves half a pair unused. */
  private long denseEntries(int batch) {
    int pieces = denseFormat.pieces();
    int counted = batch > kernels.lanes() ? pieces : (pieces + 1) / 2 * 2;
    return (long) matrix.rows() * matrix.columns() * counted;
  }

  /** The estimate for one of {@code planeCount} planes. */
  double nanoseconds(Strategy strategy, long entries, int batch, int planeCount) {
    return strategy.nanoseconds(
        format, matrix.rows(), entries, batch, panelColumns, 1.0 / planeCount);
  }

  /** Prepares one plane. */
  Product prepare(Strategy strategy, SignedPlane plane) {
    return switch (strategy) {
      case LOOKUP -> new LookupProduct(plane, format, parts, kernels.lookups());
      case LISTS -> ListProduct.of(plane, matrix.columns(), panelColumns, parts, kernels.lists());
      case JAGGED -> new JaggedProduct(plane, matrix.columns(), parts);
      case WEIGHTED_LISTS, DENSE ->
          throw new IllegalArgumentException(strategy + " takes all planes");
    };
  }

  private Product prepareWhole(Strategy strategy) {
    return switch (strategy) {
      case WEIGHTED_LISTS -> ListProduct.weighted(matrix, panelColumns, parts, kernels.lists());
      case DENSE -> new DenseProduct(matrix, denseFormat, parts, kernels);
      case LOOKUP, LISTS, JAGGED ->
          throw new IllegalArgumentException(strategy + " takes one plane");
    };
  }

  synchronized long bytes() {
    return planes.bytes()
        + complement.bytes()
        + wholes.values().stream().mapToLong(Product::bytes).sum();
  }
}
