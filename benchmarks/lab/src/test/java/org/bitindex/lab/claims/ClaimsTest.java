package org.bitindex.lab.claims;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Arithmetic;
import org.bitindex.lab.evaluation.MatrixSource;
import org.bitindex.lab.evaluation.ProductRecord;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;
import org.junit.jupiter.api.Test;

/** Verdicts on results made up so that each claim holds, holds in part, or fails. */
class ClaimsTest {
  private static final int SIDE = 1024;
  private static final long SIZE = (long) SIDE * SIDE;

  private final List<StorageRecord> storage = new ArrayList<>();
  private final List<ProductRecord> products = new ArrayList<>();

  @Test
  void compressionHoldsWhereFormulaAndBytesReachTheTable() {
    store("binary", "flat", 0.9, SIZE / 40, SIZE * 4 / 20);
    assertThat(verdict("Compression of binary, 90 % sparse")).isEqualTo(Verdict.HOLDS);
  }

  @Test
  void compressionHoldsUnderConditionsWhereOnlyTheBytesReachTheTable() {
    store("binary", "flat", 0.9, SIZE / 20, SIZE * 4 / 20);
    assertThat(verdict("Compression of binary, 90 % sparse"))
        .isEqualTo(Verdict.HOLDS_UNDER_CONDITIONS);
  }

  @Test
  void compressionHoldsUnderConditionsWhereAnotherLayoutReachesTheTable() {
    store("affine4", "flat", 0.9, SIZE, SIZE * 4);
    store("affine4", "adaptive", 0.9, SIZE, SIZE * 4 / 11);
    assertThat(verdict("Compression of affine4, 90 % sparse"))
        .isEqualTo(Verdict.HOLDS_UNDER_CONDITIONS);
  }

  @Test
  void compressionFailsWhereNothingReachesTheTable() {
    store("affine4", "flat", 0.9, SIZE, SIZE * 4);
    assertThat(verdict("Compression of affine4, 90 % sparse")).isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void baselineHoldsOnlyIfItIsNoBetterThanClaimed() {
    store("CSR", StorageRecord.BASELINE, 0.9, 0, SIZE * 4 / 8);
    assertThat(verdict("Compression of the best baseline, 90 % sparse")).isEqualTo(Verdict.HOLDS);
    store("CSR 8-bit", StorageRecord.BASELINE, 0.9, 0, SIZE * 4 / 9);
    assertThat(verdict("Compression of the best baseline, 90 % sparse"))
        .isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void encodingTimeIsJudgedConfigurationByConfiguration() {
    String claim = "Encoding time of binary, flat";
    encode("binary", 0.5, 2.0, 1e-6);
    assertThat(verdict(claim)).isEqualTo(Verdict.HOLDS);
    encode("binary", 0.9, 5.0, 1e-6);
    assertThat(verdict(claim)).isEqualTo(Verdict.HOLDS_UNDER_CONDITIONS);
    storage.removeIf(row -> row.sparsity() == 0.5);
    assertThat(verdict(claim)).isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void productIsComparedWithTwiceTheSparseBaseline() {
    String claim = "Product of binary against CSR, batch 1";
    encode("binary", 0.5, 1, 1e-6);
    multiply("CSR", StorageRecord.BASELINE, 0, 0.5, 1.0);
    multiply("binary", ProductRecord.BACKEND, Arithmetic.MAX_ACTIVATION_BITS, 0.5, 1.9);
    assertThat(verdict(claim)).isEqualTo(Verdict.HOLDS);

    encode("binary", 0.9, 1, 1e-6);
    multiply("CSR", StorageRecord.BASELINE, 0, 0.9, 1.0);
    multiply("binary", ProductRecord.BACKEND, Arithmetic.MAX_ACTIVATION_BITS, 0.9, 2.1);
    assertThat(verdict(claim)).isEqualTo(Verdict.HOLDS_UNDER_CONDITIONS);
  }

  @Test
  void blockingMustGainFifteenPercent() {
    encode("binary", 0.5, 1, 1e-6);
    multiply("binary", ProductRecord.STORED_FLAT, 0, 0.5, 1.0);
    multiply("binary", ProductRecord.STORED_BLOCKED, 0, 0.5, 0.8);
    assertThat(verdict("Blocked against flat")).isEqualTo(Verdict.HOLDS);
    products.removeIf(row -> row.kernel().equals(ProductRecord.STORED_BLOCKED));
    multiply("binary", ProductRecord.STORED_BLOCKED, 0, 0.5, 0.9);
    assertThat(verdict("Blocked against flat")).isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void errorsHoldAsClaimedOrForSomeScaleOrNever() {
    String claim = "Reconstruction MSE of binary";
    encode("binary", 0.5, 1, 1e-6);
    assertThat(verdict(claim)).isEqualTo(Verdict.HOLDS);
    encode("binary", 0.9, 1, 2e-5);
    assertThat(verdict(claim)).isEqualTo(Verdict.HOLDS_UNDER_CONDITIONS);
    encode("binary", 0.95, 1, 1e-2);
    assertThat(verdict(claim)).isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void layoutsMustDecodeAlike() {
    store("binary", "flat", 0.5, 1, 100);
    store("binary", "blocked", 0.5, 1, 50);
    assertThat(verdict("Blocked identical")).isEqualTo(Verdict.HOLDS);
    add("binary", "blocked", 0.5, 1, 50, 1, 1e-6, 77);
    assertThat(verdict("Blocked identical")).isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void ratioMustGrowWithTheInverseDensity() {
    for (double sparsity : List.of(0.0, 0.5, 0.75)) {
      store("binary", "flat", sparsity, 1, Math.round(SIZE * (1 - sparsity)));
      store("affine4", "flat", sparsity, 1, SIZE);
    }
    assertThat(verdict("Compression of binary ~")).isEqualTo(Verdict.HOLDS);
    assertThat(verdict("Compression of affine4 ~")).isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void encodingMustFollowTheNonzeros() {
    for (double sparsity : List.of(0.0, 0.5, 0.75)) {
      encode("binary", sparsity, 4 * (1 - sparsity), 1e-6);
    }
    assertThat(verdict("Encoding time of binary is O(nonzeros)")).isEqualTo(Verdict.HOLDS);
    storage.clear();
    for (double sparsity : List.of(0.0, 0.5, 0.75)) {
      encode("binary", sparsity, 4, 1e-6);
    }
    assertThat(verdict("Encoding time of binary is O(nonzeros)")).isEqualTo(Verdict.DOES_NOT_HOLD);
  }

  @Test
  void whatWasNotMeasuredIsNotJudged() {
    assertThat(Claims.judge(new Results(List.of(), List.of(), List.of())))
        .isNotEmpty()
        .allMatch(judgement -> judgement.verdict() == Verdict.NOT_MEASURED);
  }

  private Verdict verdict(String claim) {
    return Claims.judge(new Results(storage, products, List.of())).stream()
        .filter(judgement -> judgement.claim().startsWith(claim))
        .findFirst()
        .orElseThrow()
        .verdict();
  }

  private void store(String method, String layout, double sparsity, long setBits, long bytes) {
    add(method, layout, sparsity, setBits, bytes, 1, 1e-6, 0);
  }

  private void encode(String method, double sparsity, double millis, double mse) {
    add(method, "flat", sparsity, 1, 100, millis, mse, 0);
  }

  /** Three runs that differ by a thousandth in time. */
  private void add(
      String method,
      String layout,
      double sparsity,
      long setBits,
      long bytes,
      double millis,
      double mse,
      long checksum) {
    for (int run = 0; run < 3; run++) {
      storage.add(
          new StorageRecord(
              MatrixSource.GAUSSIAN,
              SIDE,
              SIDE,
              sparsity,
              run,
              method,
              layout,
              Math.round(SIZE * (1 - sparsity)),
              setBits,
              bytes,
              bytes,
              millis * (1 + run * 1e-3),
              0,
              mse,
              0.1,
              20,
              checksum));
    }
  }

  private void multiply(
      String method, String kernel, int activationBits, double sparsity, double millis) {
    for (int run = 0; run < 3; run++) {
      products.add(
          new ProductRecord(
              MatrixSource.GAUSSIAN,
              SIDE,
              SIDE,
              sparsity,
              run,
              method,
              kernel,
              activationBits,
              1,
              millis * (1 + run * 1e-3),
              0.1,
              100,
              0));
    }
  }
}
