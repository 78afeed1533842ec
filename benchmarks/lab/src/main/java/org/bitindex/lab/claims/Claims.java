package org.bitindex.lab.claims;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.lab.evaluation.Results;

/** All claims of the paper. */
public final class Claims {
  private Claims() {}

  /** Judges every claim from the results on the paper's matrices; others are ignored. */
  public static List<Judgement> judge(Results results) {
    Results gaussian = results.gaussian();
    List<Judgement> judgements = new ArrayList<>(CompressionClaims.judge(gaussian));
    judgements.addAll(SpeedClaims.judge(gaussian));
    judgements.addAll(AccuracyClaims.judge(gaussian));
    judgements.addAll(ScalingClaims.judge(gaussian));
    return List.copyOf(judgements);
  }
}
