package org.bitindex.lab.claims;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.bitindex.cli.text.Figures;
import org.bitindex.code.Code;
import org.bitindex.lab.evaluation.EvaluationPlan;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.bitindex.lab.evaluation.TestMatrix;
import org.bitindex.lab.statistics.PowerLaw;

/** Growth laws, from the slope of a line through logarithms. */
final class ScalingClaims {
  /** How far from 1 an exponent may be. */
  private static final double TOLERANCE = 0.1;

  private static final List<Code> CODES =
      List.of(EvaluationPlan.BINARY, EvaluationPlan.BITPLANE, new Code.Symmetric(4));

  private ScalingClaims() {}

  static List<Judgement> judge(Results results) {
    List<Judgement> judgements = new ArrayList<>();
    for (Code code : CODES) {
      judgements.add(ratio(results, code.label()));
    }
    judgements.add(encoding(results, EvaluationPlan.BINARY.label()));
    return judgements;
  }

  /**
   * Holds if the exponent of 1 / (1 - sparsity) is 1; under conditions if it is for half or more.
   */
  private static Judgement ratio(Results results, String method) {
    String claim = "Compression of " + method + " ~ 1 / (1 - sparsity)";
    List<StorageRecord> flat = results.storage(method, "flat");
    List<StorageRecord> sparse = flat.stream().filter(row -> row.sparsity() >= 0.5).toList();
    if (sparse.size() < 3) {
      return tooFew(claim, "exponent 1");
    }
    ToDoubleFunction<StorageRecord> density = row -> 1 / (1 - row.sparsity());
    PowerLaw all = fit(flat, density, StorageRecord::storedRatio);
    PowerLaw half = fit(sparse, density, StorageRecord::storedRatio);
    return new Judgement(
        claim,
        "exponent 1",
        "exponent %s over all sparsities, %s from 50 %% on, flat"
            .formatted(exponent(all), exponent(half)),
        Verdict.of(isOne(all), isOne(half)),
        isOne(all) || isOne(half)
            ? "the stored bytes follow the weights that are not zero"
            : "a zero weight has set bits in this code");
  }

  /**
   * Holds if the time of the largest matrix is proportional to its nonzeros; under conditions if
   * time is proportional to them only between matrices of equal sparsity.
   */
  private static Judgement encoding(Results results, String method) {
    String claim = "Encoding time of " + method + " is O(nonzeros)";
    List<StorageRecord> flat = results.storage(method, "flat");
    long largest = results.keys().stream().mapToLong(TestMatrix.Key::size).max().orElse(0);
    double sparsest = flat.stream().mapToDouble(StorageRecord::sparsity).max().orElse(0);
    List<StorageRecord> oneShape =
        flat.stream().filter(row -> row.key().size() == largest).toList();
    List<StorageRecord> oneSparsity =
        flat.stream().filter(row -> row.sparsity() == sparsest).toList();
    if (oneShape.size() < 3 || oneSparsity.size() < 3) {
      return tooFew(claim, "exponent 1");
    }
    PowerLaw bySparsity = fit(oneShape, StorageRecord::nonzeros, StorageRecord::encodeMillis);
    PowerLaw bySize = fit(oneSparsity, StorageRecord::nonzeros, StorageRecord::encodeMillis);
    String shape =
        oneShape.stream()
            .map(StorageRecord::key)
            .max(Comparator.comparingLong(TestMatrix.Key::size))
            .orElseThrow()
            .shape();
    return new Judgement(
        claim,
        "exponent 1",
        "exponent %s over the sparsities of %s, %s over the sizes at %s sparsity"
            .formatted(exponent(bySparsity), shape, exponent(bySize), ClaimText.percent(sparsest)),
        Verdict.of(isOne(bySparsity), isOne(bySize)),
        isOne(bySparsity)
            ? "time follows the nonzeros"
            : "every weight is read, zero or not: the time follows rows x columns");
  }

  private static PowerLaw fit(
      List<StorageRecord> rows,
      ToDoubleFunction<StorageRecord> x,
      ToDoubleFunction<StorageRecord> y) {
    return PowerLaw.fit(Results.values(rows, x), Results.values(rows, y));
  }

  private static boolean isOne(PowerLaw law) {
    return Math.abs(law.exponent() - 1) <= TOLERANCE + law.halfWidth();
  }

  private static String exponent(PowerLaw law) {
    return Figures.number(law.exponent()) + " ± " + Figures.number(law.halfWidth());
  }

  private static Judgement tooFew(String claim, String claimed) {
    return new Judgement(
        claim, claimed, "-", Verdict.NOT_MEASURED, "a fit needs three measurements or more");
  }
}
