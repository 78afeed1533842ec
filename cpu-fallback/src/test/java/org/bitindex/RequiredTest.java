package org.bitindex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class RequiredTest {
  private static final String PROPERTY = "bie.require";
  private final String before = System.getProperty(PROPERTY, "");

  @AfterEach
  void restore() {
    System.setProperty(PROPERTY, before);
  }

  @Test
  void whatIsMissingSkipsATestUnlessItIsRequired() {
    System.setProperty(PROPERTY, "mkl-csr,tornado");
    assertThat(Required.isRequired("tornado")).isTrue();
    assertThat(Required.isRequired("mkl")).isFalse();
    assertThatThrownBy(() -> Required.isMissing("python3", "python3 is not on the PATH"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("python3 is not on the PATH");
    assertThatThrownBy(() -> Required.isMissing("tornado", "there is no device"))
        .isInstanceOf(AssertionError.class)
        .hasMessage("tornado is required: there is no device");
  }
}
