package org.bitindex.lab.claims;

import static org.bitindex.lab.evaluation.EvaluationPlan.BINARY;
import static org.bitindex.lab.evaluation.EvaluationPlan.BITPLANE;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.bitindex.backend.Arithmetic;
import org.bitindex.cli.text.Figures;
import org.bitindex.code.Code;
import org.bitindex.lab.evaluation.ProductRecord;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.bitindex.lab.evaluation.TestMatrix;
import org.bitindex.lab.statistics.MeanRatio;
import org.bitindex.lab.statistics.Summary;

/**
 * Encoding time, products against the sparse baseline, and the gain of blocking. A claim holds if
 * it does in every configuration (matrix shape and sparsity), under conditions if in some.
 */
final class SpeedClaims {
  private static final double MOST_ENCODE_MILLIS = 3.0;
  private static final double MOST_RATIO = 2.0;
  private static final double LEAST_BLOCKED_GAIN = 0.15;
  private static final double LEAST_SPARSE = 0.5;
  private static final String SPARSE_BASELINE = "CSR";

  private SpeedClaims() {}

  static List<Judgement> judge(Results results) {
    List<Judgement> judgements = new ArrayList<>();
    for (Code code : List.of(BINARY, BITPLANE)) {
      judgements.add(encoding(results, code.label()));
    }
    for (Code code : List.of(BINARY, BITPLANE)) {
      for (int batch : results.batches()) {
        judgements.add(product(results, code.label(), batch));
      }
    }
    judgements.add(blocking(results));
    return judgements;
  }

  /** Every configuration's mean, with its interval, must stay under the limit. */
  private static Judgement encoding(Results results, String method) {
    var tally = new Tally();
    var means = new DoubleSummaryStatistics();
    Summary slowest = Summary.of(0.0);
    for (TestMatrix.Key key : results.keys()) {
      List<StorageRecord> rows = results.of(key::equals).storage(method, "flat");
      Summary millis = Results.summary(rows, StorageRecord::encodeMillis);
      means.accept(millis.mean());
      slowest = millis.mean() > slowest.mean() ? millis : slowest;
      tally.add(key, millis.high() <= MOST_ENCODE_MILLIS);
    }
    return new Judgement(
        "Encoding time of " + method + ", flat, up to 2048x1024",
        "0.1-3.0 ms",
        "%s to %s ms".formatted(Figures.number(means.getMin()), ClaimText.interval(slowest)),
        tally.verdict(),
        tally.why("at most 3 ms on one thread"));
  }

  /** Time of the backend's product over that of CSR, on matrices that are at least half sparse. */
  private static Judgement product(Results results, String method, int batch) {
    var tally = new Tally();
    var ratios = new DoubleSummaryStatistics();
    double largestP = 0;
    for (TestMatrix.Key key : results.keys()) {
      if (key.sparsity() < LEAST_SPARSE) {
        continue;
      }
      Results at = results.of(key::equals);
      double[] ours =
          millis(at.products(method, ProductRecord.BACKEND, Arithmetic.MAX_ACTIVATION_BITS, batch));
      double[] twice = millis(at.products(SPARSE_BASELINE, StorageRecord.BASELINE, 0, batch));
      MeanRatio means = MeanRatio.of(ours, scaled(twice, MOST_RATIO));
      ratios.accept(means.ratio() * MOST_RATIO);
      boolean within = means.ratio() < 1 && means.significant();
      largestP = within ? Math.max(largestP, means.pValue()) : largestP;
      tally.add(key, within);
    }
    return new Judgement(
        "Product of " + method + " against " + SPARSE_BASELINE + ", batch " + batch,
        "within 2x",
        "%s to %s times its time"
            .formatted(Figures.number(ratios.getMin()), Figures.number(ratios.getMax())),
        tally.verdict(),
        tally.why("significantly under 2x") + (tally.some() ? ", " + atMost(largestP) : ""));
  }

  /** The paper's loop over block-local indices against the one over linear indices. */
  private static Judgement blocking(Results results) {
    var tally = new Tally();
    var gains = new DoubleSummaryStatistics();
    double largestP = 0;
    String method = BINARY.label();
    for (TestMatrix.Key key : results.keys()) {
      Results at = results.of(key::equals);
      double[] flat = millis(at.products(method, ProductRecord.STORED_FLAT, 0, 1));
      double[] blocked = millis(at.products(method, ProductRecord.STORED_BLOCKED, 0, 1));
      MeanRatio means = MeanRatio.of(blocked, flat);
      double gain = 1 - means.ratio();
      gains.accept(gain);
      boolean better = gain >= LEAST_BLOCKED_GAIN && means.significant();
      largestP = better ? Math.max(largestP, means.pValue()) : largestP;
      tally.add(key, better);
    }
    return new Judgement(
        "Blocked against flat, the paper's loop, one sample",
        "15-25 % less time",
        "%s to %s less"
            .formatted(ClaimText.percent(gains.getMin()), ClaimText.percent(gains.getMax())),
        tally.verdict(),
        tally.why("at least 15 % less, significantly")
            + (tally.some() ? ", " + atMost(largestP) : ""));
  }

  private static double[] millis(List<ProductRecord> rows) {
    return Results.values(rows, ProductRecord::millis);
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(value -> value * factor).toArray();
  }

  private static String atMost(double p) {
    return "all with " + (p < 0.001 ? "p < 0.001" : "p <= " + Figures.number(p));
  }

  /** Counts the configurations in which a claim holds. */
  private static final class Tally {
    private int count;
    private int holding;
    private final SortedSet<Double> sparsities = new TreeSet<>();
    private final SortedSet<Double> failing = new TreeSet<>();

    void add(TestMatrix.Key key, boolean holds) {
      count++;
      if (holds) {
        holding++;
        sparsities.add(key.sparsity());
      } else {
        failing.add(key.sparsity());
      }
    }

    boolean some() {
      return holding > 0;
    }

    Verdict verdict() {
      return count == 0 ? Verdict.NOT_MEASURED : Verdict.of(holding == count, holding > 0);
    }

    String why(String what) {
      String text = what + " in " + holding + " of " + count + " configurations";
      if (holding == 0 || holding == count) {
        return text;
      }
      sparsities.removeAll(failing);
      return sparsities.isEmpty()
          ? text
          : text + "; in all shapes at " + ClaimText.percents(sparsities) + " sparsity";
    }
  }
}
