package org.bitindex.backend.vector;

import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.bitindex.layout.Plane;
import org.bitindex.matrix.EncodedMatrix;
import org.jspecify.annotations.Nullable;

/** A matrix in the forms that the batch sizes met so far ask for. */
final class PreparedWeights {
  /** Nanoseconds to make the tables of one column, for one piece of one sample. */
  private static final double TABLE_COST = 1.2;

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
  private @Nullable Product weighted;
  private @Nullable Product dense;

  /**
   * How batches of some size are multiplied.
   *
   * @param products their sum is Q
   * @param tables whether one of them reads tables
   * @param panels whether one of them reads panels
   * @param pairs whether one of them reads pairs of parts
   * @param sampleNanoseconds estimate for one sample on one thread
   */
  record Choice(
      List<Product> products,
      boolean tables,
      boolean panels,
      boolean pairs,
      double sampleNanoseconds) {
    static Choice of(List<Product> products, double sampleNanoseconds) {
      return new Choice(
          products,
          products.stream().anyMatch(LookupProduct.class::isInstance),
          products.stream().anyMatch(ListProduct.class::isInstance),
          products.stream().anyMatch(DenseProduct.class::isInstance),
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

  /** The least estimate decides: planes as they are or in two's complement, nonzeros, or all. */
  private synchronized Choice choose(int regime) {
    int batch = regime == REGIMES - 1 ? Activations.SAMPLES : 1 << regime;
    double byPlanes = planes.nanoseconds(batch);
    double byComplement = complement.nanoseconds(batch);
    double byNonzeros =
        nonzeros.fit(matrix.code(), format.activationBits())
            ? nanoseconds(Strategy.WEIGHTED_LISTS, nonzeros.count(), batch, 1)
            : Double.POSITIVE_INFINITY;
    double byWeights =
        denseFormat.fits()
            ? nanoseconds(Strategy.DENSE, denseEntries(), batch, 1)
            : Double.POSITIVE_INFINITY;
    double least = Math.min(Math.min(byNonzeros, byWeights), Math.min(byPlanes, byComplement));
    List<Product> products;
    if (least == byPlanes) {
      products = planes.products(batch);
    } else if (least == byComplement) {
      products = complement.products(batch);
    } else if (least == byNonzeros) {
      products = List.of(weighted());
    } else {
      products = List.of(dense());
    }
    Choice choice = Choice.of(products, least / batch);
    choices.set(regime, choice);
    return choice;
  }

  /** The estimate for one of {@code planeCount} planes. */
  double nanoseconds(Strategy strategy, long entries, int batch, int planeCount) {
    return strategy.nanoseconds(
        format, matrix.rows(), entries, batch, panelColumns, TABLE_COST / planeCount);
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

  private Product weighted() {
    if (weighted == null) {
      weighted = ListProduct.weighted(matrix, panelColumns, parts, kernels.lists());
    }
    return weighted;
  }

  private long denseEntries() {
    return (long) matrix.rows() * matrix.columns() * denseFormat.pieces();
  }

  private Product dense() {
    if (dense == null) {
      dense = new DenseProduct(matrix, denseFormat, parts, kernels);
    }
    return dense;
  }

  synchronized long bytes() {
    return planes.bytes()
        + complement.bytes()
        + (weighted == null ? 0 : weighted.bytes())
        + (dense == null ? 0 : dense.bytes());
  }
}
