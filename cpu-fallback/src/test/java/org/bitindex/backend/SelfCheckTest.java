package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.bitindex.BackendException;
import org.bitindex.backend.scalar.ScalarBackend;
import org.junit.jupiter.api.Test;

class SelfCheckTest {
  @Test
  void aBackendWithOneWrongBitIsRefusedWithBothValues() {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> SelfCheck.require(new LastBitBackend(), new ScalarBackend()))
        .withMessageMatching(
            "last-bit failed its self-check: output \\d+ of code .* is -?0x.*, the reference gives -?0x.*");
  }

  @Test
  void theReferencePasses() {
    assertThatCode(() -> SelfCheck.require(new ScalarBackend(), new ScalarBackend()))
        .doesNotThrowAnyException();
  }
}
