package org.bitindex.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodeTest {
  private static List<Code> all() {
    List<Code> codes = new ArrayList<>(List.of(new Code.Binary(0.5f), new Code.Ternary(-1, 1)));
    IntStream.rangeClosed(1, 8).mapToObj(Code.Affine::new).forEach(codes::add);
    IntStream.rangeClosed(2, 8).mapToObj(Code.Symmetric::new).forEach(codes::add);
    return codes;
  }

  @Test
  void coefficientsAreTheMostSignificantFirstAndSignsComeInPairs() {
    assertThat(new Code.Binary(0).coefficients()).containsExactly(1);
    assertThat(new Code.Ternary(0, 0).coefficients()).containsExactly(1, -1);
    assertThat(new Code.Affine(4).coefficients()).containsExactly(8, 4, 2, 1);
    assertThat(new Code.Symmetric(4).coefficients()).containsExactly(4, -4, 2, -2, 1, -1);
    assertThat(new Code.Symmetric(2).coefficients()).containsExactly(1, -1);
  }

  @Test
  void aLabelIsParsedToItsCode() {
    assertThat(all())
        .extracting(Code::label)
        .contains("binary", "ternary", "affine1", "affine8", "symmetric2", "symmetric8");
    for (Code code : all()) {
      assertThat(Code.parse(code.label()).label()).isEqualTo(code.label());
      assertThat(Code.parse(code.label()).coefficients()).isEqualTo(code.coefficients());
    }
    assertThat(Code.parse("ternary")).isEqualTo(new Code.Ternary(0f, 0f));
    for (String label :
        List.of("", "4", "septenary", "binary1", "affine", "affine0", "affine9", "symmetric44")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Code.parse(label))
          .withMessageContaining("'" + label + "'");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Code.parse("symmetric1"))
        .withMessageContaining("2 to 8");
  }

  @Test
  void bitsNamesAndRangesAreThoseOfTheCoefficients() {
    for (Code code : all()) {
      int least = 0;
      int most = 0;
      for (int c : code.coefficients()) {
        least += Math.min(c, 0);
        most += Math.max(c, 0);
      }
      assertThat(code.lowest()).as("%s", code).isEqualTo(least);
      assertThat(code.highest()).as("%s", code).isEqualTo(most);
      switch (code) {
        case Code.Binary _ -> requireForm(code, "binary", 1, 0, 1);
        case Code.Ternary _ -> requireForm(code, "ternary", 2, -1, 1);
        case Code.Affine(int bits) -> requireForm(code, "affine", bits, 0, (1 << bits) - 1);
        case Code.Symmetric(int bits) -> {
          int levels = (1 << (bits - 1)) - 1;
          requireForm(code, "symmetric", bits, -levels, levels);
        }
      }
    }
    assertThat(new Code.Affine(3).levels()).isEqualTo(7);
    assertThat(new Code.Symmetric(3).levels()).isEqualTo(3);
  }

  private static void requireForm(Code code, String name, int bits, int lowest, int highest) {
    assertThat(code.name()).isEqualTo(name);
    assertThat(code.bits()).isEqualTo(bits);
    assertThat(code.lowest()).isEqualTo(lowest);
    assertThat(code.highest()).isEqualTo(highest);
  }

  @Test
  void fewerBitsAreTheFirstPlanes() {
    for (int bits = 2; bits <= 8; bits++) {
      assertThat(new Code.Affine(8).withBits(bits)).isEqualTo(new Code.Affine(bits));
      assertThat(new Code.Symmetric(8).withBits(bits)).isEqualTo(new Code.Symmetric(bits));
    }
    assertThat(new Code.Affine(8).withBits(1)).isEqualTo(new Code.Affine(1));
    assertThat(new Code.Binary(0).leastBits()).isEqualTo(1);
    assertThat(new Code.Ternary(0, 0).leastBits()).isEqualTo(2);
    requireRefused(() -> new Code.Affine(5).withBits(6), "bits is 6", "1 to the 5", "affine");
    requireRefused(() -> new Code.Affine(5).withBits(0), "bits is 0", "1 to the 5", "affine");
    requireRefused(() -> new Code.Symmetric(5).withBits(1), "bits is 1", "2 to the 5", "symmetric");
    requireRefused(() -> new Code.Binary(0).withBits(1), "bits is 1", "binary");
    requireRefused(() -> new Code.Ternary(0, 0).withBits(1), "bits is 1", "ternary");
  }

  @Test
  void codesThatMeanNothingAreRefusedWithTheirValue() {
    requireRefused(() -> new Code.Binary(Float.NaN), "threshold is NaN");
    requireRefused(() -> new Code.Ternary(Float.NEGATIVE_INFINITY, 0), "lower is -Infinity");
    requireRefused(() -> new Code.Ternary(0, Float.NaN), "upper is NaN");
    requireRefused(() -> new Code.Ternary(1, 0.5f), "lower is 1.0", "upper 0.5");
    requireRefused(() -> new Code.Affine(0), "bits is 0", "1 to 8");
    requireRefused(() -> new Code.Affine(9), "bits is 9", "1 to 8");
    requireRefused(() -> new Code.Symmetric(1), "bits is 1", "2 to 8");
    requireRefused(() -> new Code.Symmetric(9), "bits is 9", "2 to 8");
    assertThat(new Code.Ternary(0.5f, 0.5f).lower()).isEqualTo(0.5f);
  }

  private static void requireRefused(Runnable call, String... parts) {
    assertThatIllegalArgumentException().isThrownBy(call::run).withMessageContainingAll(parts);
  }
}
