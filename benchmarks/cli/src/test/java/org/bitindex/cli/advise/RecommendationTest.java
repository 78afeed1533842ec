package org.bitindex.cli.advise;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rule, on a matrix of 1000 weights with made-up times in microseconds. */
class RecommendationTest {
  private static final Candidate FP32 = candidate("dense FP32", 4000, Double.POSITIVE_INFINITY, 10);
  private static final Candidate FP16 = candidate("dense FP16", 2000, 73, 12);
  private static final Candidate INT8 = candidate("int8", 1010, 41, 30);
  private static final Candidate BITS4 = candidate("symmetric4", 560, 16.7, 5);
  private static final Candidate BITS5 = candidate("symmetric5", 680, 22, 6);
  private static final Candidate BITS8 = candidate("symmetric8", 1500, 41, 9);

  private static Candidate candidate(String name, long bytes, double sqnr, double micros) {
    Format format =
        Format.ALL.stream().filter(f -> f.name().equals(name)).findFirst().orElseThrow();
    return new Candidate(
        format,
        "adaptive",
        1000,
        bytes,
        Math.pow(10, -sqnr / 20),
        sqnr,
        micros * 1e-6,
        null,
        bytes);
  }

  /** Measured times are the predicted ones, but for those in {@code surprises}. */
  private static Recommendation of(
      double leastSqnr, Map<Candidate, Double> surprises, Candidate... candidates) {
    return Recommendation.of(
        List.of(candidates),
        leastSqnr,
        c -> c.measured(surprises.containsKey(c) ? surprises.get(c) * 1e-6 : c.predictedSeconds()));
  }

  private static Recommendation of(double leastSqnr, Candidate... candidates) {
    return of(leastSqnr, Map.of(), candidates);
  }

  @Test
  void smallestFormatThatPaysIsTaken() {
    Recommendation advice = of(15, FP32, FP16, INT8, BITS4, BITS5, BITS8);
    assertThat(advice.chosen().format()).isEqualTo(BITS4.format());
    assertThat(advice.keepsDense()).isFalse();
    assertThat(advice.sentence())
        .isEqualTo(
            "encode it as symmetric4 (bie encode --bits 4): 4.48 bits a weight, 3.57x smaller than"
                + " dense FP16, and a product takes 5.00 us, 10.0 us with dense FP32");
  }

  @Test
  void formatsBeyondTheErrorLimitAreNotTaken() {
    assertThat(of(20, FP32, FP16, INT8, BITS4, BITS5, BITS8).chosen().format())
        .isEqualTo(BITS5.format());
    assertThat(of(30, FP32, FP16, INT8, BITS4, BITS5, BITS8).chosen().format())
        .isEqualTo(BITS8.format());
  }

  @Test
  void denseIsKeptWhereNothingIsSmaller() {
    Recommendation advice = of(60, FP32, FP16, INT8, BITS4, BITS5, BITS8);
    assertThat(advice.keepsDense()).isTrue();
    assertThat(advice.sentence())
        .isEqualTo("keep it dense, as dense FP32: no format within the error limit is smaller");
    Candidate large = candidate("symmetric8", 2100, 41, 1);
    assertThat(of(20, FP32, FP16, large).keepsDense()).isTrue();
    assertThat(of(100, FP32, FP16, BITS8).chosen().format()).isEqualTo(FP32.format());
  }

  @Test
  void denseIsKeptWhereAllThatIsSmallerIsSlower() {
    Candidate slow = candidate("symmetric8", 1500, 41, 20);
    Recommendation advice = of(30, FP32, candidate("dense FP16", 2000, 73, 10.4), INT8, slow);
    assertThat(advice.chosen().format()).isEqualTo(FP16.format());
    assertThat(advice.sentence())
        .isEqualTo(
            "keep it dense, as dense FP16: of the smaller formats within the error limit,"
                + " symmetric8 takes 20.0 us, 2.00x the time of dense FP32");
    assertThat(advice.candidates().get(2).measuredSeconds()).isNull();
    assertThat(advice.candidates().get(3).measuredSeconds()).isEqualTo(slow.predictedSeconds());
  }

  @Test
  void measuredTimesDecideNotPredictedOnes() {
    assertThat(of(15, Map.of(BITS4, 11.0), FP32, FP16, BITS4, BITS5).chosen().format())
        .isEqualTo(BITS5.format());
    assertThat(of(15, Map.of(BITS4, 10.4), FP32, FP16, BITS4, BITS5).chosen().format())
        .isEqualTo(BITS4.format());
    assertThat(of(15, Map.of(BITS4, 11.0, BITS5, 11.0), FP32, FP16, BITS4, BITS5).keepsDense())
        .isTrue();
    Candidate doubtful = candidate("symmetric4", 560, 16.7, 14);
    assertThat(of(15, Map.of(doubtful, 9.0), FP32, FP16, doubtful).chosen().format())
        .isEqualTo(BITS4.format());
  }

  @Test
  void anotherFormatIsNotCalledAnEncoding() {
    Candidate fast = candidate("int8", 1010, 41, 8);
    assertThat(of(30, FP32, FP16, fast, BITS8).sentence())
        .startsWith("store it as int8, which is not an encoding of ours: 8.08 bits a weight");
  }

  @Test
  void weightsBeyondHalfPrecisionAreComparedWithFp32() {
    Candidate overflown = candidate("dense FP16", 2000, Double.NEGATIVE_INFINITY, 1);
    Candidate medium = candidate("symmetric8", 2100, 41, 9);
    assertThat(of(20, FP32, overflown, medium).chosen().format()).isEqualTo(BITS8.format());
  }
}
