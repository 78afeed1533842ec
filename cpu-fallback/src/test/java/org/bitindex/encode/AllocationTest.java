package org.bitindex.encode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.encode.Allocation.Point;
import org.junit.jupiter.api.Test;

class AllocationTest {
  /** Each halving of alpha takes one bit a weight more and leaves a quarter of the error. */
  private static List<Point> curve(double weights, double sensitivity) {
    List<Point> curve = new ArrayList<>();
    for (int exponent = -4; exponent <= 3; exponent++) {
      double alpha = Math.pow(2, exponent);
      curve.add(new Point(alpha, weights * (4 - exponent) / 8, sensitivity * alpha * alpha));
    }
    return curve;
  }

  private static double total(List<Point> points) {
    return points.stream().mapToDouble(Point::bytes).sum();
  }

  @Test
  void oneMoreByteTakesAwayAsMuchErrorInEach() {
    var allocation = new Allocation(List.of(curve(1000, 1000), curve(4000, 250)));
    List<Point> points = allocation.within(2500);
    assertThat(total(points)).isBetween(2450.0, 2500.0);
    // error' / bytes' is proportional to sensitivity alpha^2 / weights: 16 to 1
    double ratio = points.get(1).alpha() / points.get(0).alpha();
    assertThat(ratio).isCloseTo(4, within(0.2));
    double error = points.get(0).error() + points.get(1).error();
    assertThat(error).isLessThan(0.6 * (1000 + 250)); // both at alpha 1 take 2500 bytes
  }

  @Test
  void whatDoesNoHarmTakesTheFewestBytes() {
    List<Point> points = new Allocation(List.of(curve(1000, 0), curve(1000, 1))).within(500);
    assertThat(points.getFirst().alpha()).isEqualTo(8);
    assertThat(points.getLast().bytes()).isBetween(360.0, 375.0);
  }

  @Test
  void tooFewBytesGiveTheFewestThereAre() {
    List<Point> points = new Allocation(List.of(curve(800, 1), curve(80, 2))).within(1);
    assertThat(points).allMatch(point -> point.alpha() == 8);
    assertThat(total(points)).isEqualTo(110);
  }

  @Test
  void oneMatrixTakesAllBytes() {
    List<Point> points = new Allocation(List.of(curve(1000, 3))).within(512);
    assertThat(total(points)).isBetween(500.0, 512.0);
  }
}
