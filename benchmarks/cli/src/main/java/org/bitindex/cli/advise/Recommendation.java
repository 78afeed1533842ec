package org.bitindex.cli.advise;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.UnaryOperator;
import org.bitindex.cli.text.Figures;

/**
 * What to do with one matrix.
 *
 * <p>The rule: of dense FP32 and FP16, those within the error limit are measured; the smaller sets
 * the size to beat, the faster the time. A format <em>pays</em> if it is within the limit, smaller
 * than that, and measured at no more than {@value #TOLERANCE} times that time. Of the formats that
 * may pay, those whose predicted time is within {@value #DOUBT} of it, up to {@value
 * #MOST_MEASURED} are measured, the smallest first; the first that pays is recommended. If none
 * pays, the matrix is to be kept dense. So that a reader sees by how much, the format predicted to
 * be fastest is measured where none may pay.
 *
 * @param candidates all candidates, with the times that were measured
 * @param chosen the one recommended
 * @param sentence the recommendation in words
 */
public record Recommendation(List<Candidate> candidates, Candidate chosen, String sentence) {
  /** Times that differ by less are taken for equal. */
  static final double TOLERANCE = 1.05;

  /** Predictions may be wrong by so much. */
  static final double DOUBT = 1.5;

  static final int MOST_MEASURED = 4;

  /** Whether the advice is not to change the floats' format. */
  public boolean keepsDense() {
    return chosen.format().kind() == Format.Kind.DENSE;
  }

  /**
   * Follows the rule.
   *
   * @param candidates one for each format, none measured; dense FP32 among them
   * @param leastSqnr the error limit in decibel
   * @param stopwatch measures products of a candidate
   */
  static Recommendation of(
      List<Candidate> candidates, double leastSqnr, UnaryOperator<Candidate> stopwatch) {
    return new Search(candidates, leastSqnr, stopwatch).run();
  }

  /** The candidates while some are measured. */
  private static final class Search {
    private final List<Candidate> candidates;
    private final double leastSqnr;
    private final UnaryOperator<Candidate> stopwatch;

    Search(List<Candidate> candidates, double leastSqnr, UnaryOperator<Candidate> stopwatch) {
      this.candidates = new ArrayList<>(candidates);
      this.leastSqnr = leastSqnr;
      this.stopwatch = stopwatch;
    }

    Recommendation run() {
      List<Candidate> dense = within().stream().filter(Search::isDense).map(this::measure).toList();
      Candidate fastest = least(dense, Candidate::seconds);
      Candidate smallest = least(dense, Candidate::bytes);
      List<Candidate> smaller =
          within().stream()
              .filter(c -> !isDense(c) && c.bytes() < smallest.bytes())
              .sorted(Comparator.comparingLong(Candidate::bytes))
              .toList();
      if (smaller.isEmpty()) {
        return keep(dense, fastest, "no format within the error limit is smaller");
      }
      List<Candidate> promising =
          smaller.stream()
              .filter(c -> c.seconds() <= DOUBT * fastest.seconds())
              .limit(MOST_MEASURED)
              .toList();
      if (promising.isEmpty()) {
        promising = List.of(least(smaller, Candidate::seconds));
      }
      List<Candidate> measured = new ArrayList<>();
      for (Candidate candidate : promising) {
        Candidate timed = measure(candidate);
        measured.add(timed);
        if (timed.seconds() <= TOLERANCE * fastest.seconds()) {
          return take(timed, smallest, fastest);
        }
      }
      Candidate best = least(measured, Candidate::seconds);
      String reason =
          "of the smaller formats within the error limit, %s takes %s, %s the time of %s"
              .formatted(
                  best.format().name(),
                  Figures.seconds(best.seconds()),
                  Figures.ratio(best.seconds() / fastest.seconds()),
                  fastest.format().name());
      return keep(dense, fastest, reason);
    }

    private List<Candidate> within() {
      return candidates.stream().filter(c -> c.sqnrDecibel() >= leastSqnr).toList();
    }

    private static boolean isDense(Candidate candidate) {
      return candidate.format().kind() == Format.Kind.DENSE;
    }

    private static Candidate least(List<Candidate> some, ToDoubleFunction<Candidate> figure) {
      return some.stream().min(Comparator.comparingDouble(figure)).orElseThrow();
    }

    private Candidate measure(Candidate candidate) {
      Candidate timed = stopwatch.apply(candidate);
      candidates.set(candidates.indexOf(candidate), timed);
      return timed;
    }

    /** The smallest dense format that is as fast as the fastest. */
    private Recommendation keep(List<Candidate> dense, Candidate fastest, String reason) {
      List<Candidate> fast =
          dense.stream().filter(c -> c.seconds() <= TOLERANCE * fastest.seconds()).toList();
      Candidate kept = least(fast, Candidate::bytes);
      return recommend(kept, "keep it dense, as %s: %s".formatted(kept.format().name(), reason));
    }

    private Recommendation take(Candidate candidate, Candidate smallest, Candidate fastest) {
      Format format = candidate.format();
      String how =
          format.kind() == Format.Kind.ENCODED
              ? "encode it as %s (bie encode %s)"
                  .formatted(format.name(), candidate.encodeOptions())
              : "store it as %s, which is not an encoding of ours".formatted(format.name());
      return recommend(
          candidate,
          "%s: %s bits a weight, %s smaller than %s, and a product takes %s, %s with %s"
              .formatted(
                  how,
                  Figures.significant(candidate.bitsPerWeight()),
                  Figures.ratio((double) smallest.bytes() / candidate.bytes()),
                  smallest.format().name(),
                  Figures.seconds(candidate.seconds()),
                  Figures.seconds(fastest.seconds()),
                  fastest.format().name()));
    }

    private Recommendation recommend(Candidate chosen, String sentence) {
      return new Recommendation(List.copyOf(candidates), chosen, sentence);
    }
  }
}
