package org.bitindex.encode;

import java.util.ArrayList;
import java.util.List;

/**
 * Shares bytes among several matrices so that one more byte would take away as much error in each:
 * of all steps that take so many bytes together, those of the least sum of errors.
 *
 * <p>Every matrix takes the step of the least error + lambda * bytes, at one multiplier lambda that
 * is found by halving (Everett 1963; Shoham and Gersho 1988).
 */
final class Allocation {
  /**
   * What a matrix becomes at one step.
   *
   * @param alpha the step as {@link Coding.Uniform} has it
   * @param bytes that it takes
   * @param error at least 0, in a unit in which those of all matrices add up, such as that of
   *     squared errors
   */
  record Point(double alpha, double bytes, double error) {}

  /** Steps between two points of a curve that are tried too. */
  private static final int BETWEEN = 16;

  /** The logarithm of the multiplier lies within as many of these on both sides of 0. */
  private static final double MOST_LOGARITHM = 700;

  /** Halvings of that range: the multiplier is found within a part in 10^9. */
  private static final int HALVINGS = 40;

  private final List<List<Point>> curves;

  /**
   * Some matrices.
   *
   * @param curves of each at least one point, by ascending alpha
   */
  Allocation(List<List<Point>> curves) {
    this.curves = curves.stream().map(Allocation::fine).toList();
  }

  /**
   * The point of each matrix with which all together take at most {@code bytes}, or those of fewest
   * bytes where none do.
   */
  List<Point> within(double bytes) {
    double takesFewer = MOST_LOGARITHM;
    double takesMore = -MOST_LOGARITHM;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (takesFewer + takesMore) / 2;
      if (bytes(at(Math.exp(middle))) <= bytes) {
        takesFewer = middle;
      } else {
        takesMore = middle;
      }
    }
    return at(Math.exp(takesFewer));
  }

  private static double bytes(List<Point> points) {
    return points.stream().mapToDouble(Point::bytes).sum();
  }

  private List<Point> at(double lambda) {
    return curves.stream().map(curve -> best(curve, lambda)).toList();
  }

  /** The last of the best: of points without any error the one of fewest bytes. */
  private static Point best(List<Point> curve, double lambda) {
    Point best = curve.getFirst();
    for (Point point : curve) {
      if (point.error + lambda * point.bytes <= best.error + lambda * best.bytes) {
        best = point;
      }
    }
    return best;
  }

  /**
   * The points and some between them: bytes are nearly linear in the logarithm of alpha, and so is
   * the logarithm of the error.
   */
  private static List<Point> fine(List<Point> curve) {
    List<Point> fine = new ArrayList<>();
    for (int i = 0; i + 1 < curve.size(); i++) {
      for (int j = 0; j < BETWEEN; j++) {
        fine.add(between(curve.get(i), curve.get(i + 1), (double) j / BETWEEN));
      }
    }
    fine.add(curve.getLast());
    return fine;
  }

  private static Point between(Point a, Point b, double share) {
    return new Point(
        a.alpha * Math.pow(b.alpha / a.alpha, share),
        a.bytes + share * (b.bytes - a.bytes),
        a.error > 0 && b.error > 0
            ? a.error * Math.pow(b.error / a.error, share)
            : a.error + share * (b.error - a.error));
  }
}
