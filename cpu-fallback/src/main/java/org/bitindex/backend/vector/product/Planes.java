package org.bitindex.backend.vector.product;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One way to write a matrix as planes, each multiplied by the strategy that suits it best. */
public final class Planes {
  /** Strategies for one plane. */
  private static final List<Strategy> STRATEGIES =
      List.of(Strategy.LOOKUP, Strategy.PARTIAL_SUMS, Strategy.LISTS, Strategy.JAGGED);

  private final List<SignedPlane> planes;
  private final PreparedWeights weights;
  private final List<Map<Strategy, Product>> prepared = new ArrayList<>();
  private @Nullable Product sums;

  Planes(List<SignedPlane> planes, PreparedWeights weights) {
    this.planes = planes;
    this.weights = weights;
    planes.forEach(_ -> prepared.add(new EnumMap<>(Strategy.class)));
  }

  List<SignedPlane> list() {
    return planes;
  }

  long setBits() {
    return planes.stream().mapToLong(SignedPlane::setBits).sum();
  }

  /** The product of all planes at once, made at its first use. */
  Product sums() {
    if (sums == null) {
      sums = weights.prepareSums(planes);
    }
    return sums;
  }

  double nanoseconds(int batch) {
    double sum = 0;
    for (SignedPlane plane : planes) {
      sum += nanoseconds(plane, best(plane, batch), batch);
    }
    return planes.isEmpty() ? Double.POSITIVE_INFINITY : sum;
  }

  private double nanoseconds(SignedPlane plane, Strategy strategy, int batch) {
    return weights.nanoseconds(strategy, plane.setBits(), 1, batch, 1.0 / planes.size());
  }

  private Strategy best(SignedPlane plane, int batch) {
    Strategy best = Strategy.LOOKUP;
    for (Strategy strategy : STRATEGIES) {
      if (nanoseconds(plane, strategy, batch) < nanoseconds(plane, best, batch)) {
        best = strategy;
      }
    }
    return best;
  }

  /** The products for a batch of this size, made at their first use; empty planes need none. */
  List<Product> products(int batch) {
    List<Product> products = new ArrayList<>();
    for (int p = 0; p < planes.size(); p++) {
      SignedPlane plane = planes.get(p);
      if (plane.setBits() > 0) {
        Strategy strategy = best(plane, batch);
        products.add(
            prepared.get(p).computeIfAbsent(strategy, _ -> weights.prepare(strategy, plane)));
      }
    }
    return products;
  }

  long bytes() {
    long bytes = sums == null ? 0 : sums.bytes();
    return bytes
        + prepared.stream().flatMap(p -> p.values().stream()).mapToLong(Product::bytes).sum();
  }
}
