package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.stream.Stream;
import org.bitindex.BackendException;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class SelfCheckTest {
  private static boolean isSparse(Linear layer) {
    var weights = layer.weights();
    double cells =
        (double) weights.rows() * weights.columns() * weights.code().coefficients().length;
    return weights.setBits() < cells / 20;
  }

  private static boolean isCode(Linear layer, Class<? extends Code> code, boolean sparse) {
    return code.isInstance(layer.weights().code()) && isSparse(layer) == sparse;
  }

  private static DynamicTest refused(LastBitBackend.Condition condition, String what) {
    return DynamicTest.dynamicTest(
        what,
        () ->
            assertThatExceptionOfType(BackendException.class)
                .isThrownBy(
                    () -> SelfCheck.require(new LastBitBackend(condition), new ScalarBackend()))
                .withMessageMatching(
                    "last-bit failed its self-check with (24|8) activation bits: output \\d+"
                        + " of a batch of \\d+ is -?0x.*, the reference gives -?0x.*"));
  }

  /** A last bit that is wrong in one situation only. */
  @TestFactory
  Stream<DynamicTest> oneWrongBitIsFoundWhereverItIs() {
    return Stream.of(
        refused((_, _, batch) -> batch == 1, "one sample"),
        refused((_, _, batch) -> batch > 16, "more samples than the widest vector"),
        refused((_, bits, _) -> bits == 24, "many activation bits"),
        refused((_, bits, _) -> bits <= 9, "few activation bits"),
        refused((layer, _, _) -> isCode(layer, Code.Binary.class, false), "one dense plane"),
        refused((layer, _, _) -> isCode(layer, Code.Binary.class, true), "one sparse plane"),
        refused((layer, _, _) -> isCode(layer, Code.Symmetric.class, false), "dense planes"),
        refused((layer, _, _) -> isCode(layer, Code.Symmetric.class, true), "sparse weights"),
        refused((layer, _, _) -> layer.weights().offsets() != null, "offsets"),
        refused((layer, _, _) -> layer.bias() != null, "bias"),
        refused((layer, _, _) -> layer.activation() == Activation.RELU, "ReLU"));
  }

  @Test
  void theReferencePasses() {
    assertThatCode(() -> SelfCheck.require(new ScalarBackend(), new ScalarBackend()))
        .doesNotThrowAnyException();
  }

  /** Layers one after the other as plans of their own give what one plan of all gives. */
  @Test
  void aBackendThatIsNeverWrongPasses() {
    assertThatCode(
            () -> SelfCheck.require(new LastBitBackend((_, _, _) -> false), new ScalarBackend()))
        .doesNotThrowAnyException();
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> SelfCheck.require(new LastBitBackend(), new ScalarBackend()));
  }
}
