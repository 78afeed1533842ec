package org.bitindex.calibrate;

import java.util.Arrays;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.IntegerReader;

/**
 * Rounding to integers where bytes follow their entropy: a magnitude n takes b(n) = -log2 of the
 * share of its sign and magnitude, and of two neighbours the one of less error^2 + rate * b is
 * taken: n + 1 from n + 1/2 + rate * (b(n+1) - b(n)) / 2 on.
 */
public final class DeadZones {
  /**
   * What a bit is worth in squared steps: uniform steps have an error of 1/12, and each bit more
   * takes it to a quarter, so that the slope is ln 4 / 12.
   */
  public static final double RATE = Math.log(4) / 12;

  /** Every level keeps some values. */
  private static final double MOST = 0.4;

  private final double[] zones;

  private DeadZones(double[] zones) {
    this.zones = zones;
  }

  /**
   * The zones of a matrix.
   *
   * @param encoded its integers say what each costs
   * @param rate what a bit may cost in squared steps, 0 for the nearest integer
   */
  public static DeadZones of(EncodedMatrix encoded, double rate) {
    int most = Math.max(encoded.code().highest(), -encoded.code().lowest());
    if (rate == 0) {
      return new DeadZones(new double[most]);
    }
    double[] counts = new double[most + 1];
    Arrays.fill(counts, 1); // none is impossible
    IntegerReader reader = encoded.integers();
    int[] q = new int[encoded.columns()];
    for (int i = 0; i < encoded.rows(); i++) {
      reader.readRow(i, q);
      for (int value : q) {
        counts[Math.abs(value)]++;
      }
    }
    double[] zones = new double[most];
    for (int n = 0; n < most; n++) {
      double ratio = counts[n] / counts[n + 1] * (n == 0 ? 2 : 1); // a sign takes a bit
      zones[n] = Math.clamp(rate / 2 * Math.log(ratio) / Math.log(2), 0, MOST);
    }
    return new DeadZones(zones);
  }

  /** The integer of a number, of whatever magnitude. */
  public double round(double value) {
    double magnitude = Math.abs(value);
    double zone = zones[(int) Math.min(magnitude, zones.length - 1)];
    return Math.copySign(Math.floor(magnitude + 0.5 - zone), value);
  }

  /** The magnitude from which on numbers round to more than {@code n}. */
  public double threshold(int n) {
    return n + 0.5 + (n < zones.length ? zones[n] : 0);
  }
}
