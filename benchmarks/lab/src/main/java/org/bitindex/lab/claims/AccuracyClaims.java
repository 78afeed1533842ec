package org.bitindex.lab.claims;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bitindex.cli.text.Figures;
import org.bitindex.lab.evaluation.EvaluationPlan;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.bitindex.lab.evaluation.TestMatrix;
import org.bitindex.lab.statistics.Summary;

/** Mean squared errors, and whether a layout changes a value. */
final class AccuracyClaims {
  private AccuracyClaims() {}

  static List<Judgement> judge(Results results) {
    return List.of(
        error(results, EvaluationPlan.BINARY.label(), 1e-7, 1e-5),
        error(results, EvaluationPlan.BITPLANE.label(), 1e-10, 1e-7),
        blockedIsFlat(results));
  }

  /**
   * An MSE grows with the square of the weights' standard deviation, which the paper does not give;
   * ours is 1. The claim holds if the errors at all sparsities lie in its range, under conditions
   * if some standard deviation puts them there: if they span no larger a factor than the range.
   */
  private static Judgement error(Results results, String method, double low, double high) {
    String range = Figures.number(low) + " to " + Figures.number(high);
    Map<Double, List<StorageRecord>> bySparsity =
        results.storage(method, "flat").stream()
            .collect(Collectors.groupingBy(StorageRecord::sparsity));
    List<Double> means =
        bySparsity.values().stream()
            .map(rows -> Results.summary(rows, StorageRecord::mse).mean())
            .sorted()
            .toList();
    if (means.isEmpty()) {
      return new Judgement("MSE of " + method, range, "-", Verdict.NOT_MEASURED, "it was not run");
    }
    double least = means.getFirst();
    double most = means.getLast();
    double sigmaFrom = Math.sqrt(low / least);
    double sigmaTo = Math.sqrt(high / most);
    List<StorageRecord> rows = results.storage(method, "flat");
    Summary relative = Results.summary(rows, StorageRecord::relativeError);
    Summary sqnr = Results.summary(rows, StorageRecord::sqnrDecibel);
    return new Judgement(
        "Reconstruction MSE of " + method,
        range,
        "%s to %s at standard deviation 1; relative error %s, SQNR %s dB"
            .formatted(
                Figures.number(least),
                Figures.number(most),
                ClaimText.interval(relative),
                ClaimText.interval(sqnr)),
        Verdict.of(least >= low && most <= high, sigmaFrom <= sigmaTo),
        sigmaFrom <= sigmaTo
            ? "for weights of standard deviation %s to %s only: the MSE depends on their scale"
                .formatted(Figures.number(sigmaFrom), Figures.number(sigmaTo))
            : "the errors span a larger factor than the claim, whatever the weights' scale");
  }

  private static Judgement blockedIsFlat(Results results) {
    Map<Decoded, List<Long>> checksums =
        results.storage().stream()
            .filter(row -> !row.layout().equals(StorageRecord.BASELINE))
            .collect(
                Collectors.groupingBy(
                    Decoded::of,
                    Collectors.mapping(StorageRecord::decodedChecksum, Collectors.toList())));
    long equal =
        checksums.values().stream().filter(sums -> sums.stream().distinct().count() == 1).count();
    boolean measured = checksums.values().stream().anyMatch(sums -> sums.size() > 1);
    return new Judgement(
        "Blocked identical to non-blocked",
        "identical",
        "%d of %d encodings decode to the same bits in every layout"
            .formatted(equal, checksums.size()),
        measured ? Verdict.of(equal == checksums.size(), false) : Verdict.NOT_MEASURED,
        "CRC-32C of the decoded weights, flat, blocked and adaptive");
  }

  /** What must decode alike in all layouts. */
  private record Decoded(TestMatrix.Key key, int run, String method) {
    static Decoded of(StorageRecord row) {
      return new Decoded(row.key(), row.run(), row.method());
    }
  }
}
