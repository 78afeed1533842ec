package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.Properties;
import org.bitindex.tornado.device.TornadoFailures;
import org.junit.jupiter.api.Test;

class TornadoBackendProviderTest {
  private static final String RUNTIME = "tornado.load.runtime.implementation";

  /** The obstacle in a JVM with these system properties. */
  private static Optional<String> obstacle(String... namesAndValues) {
    var properties = new Properties();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
    }
    return Flags.obstacle(properties);
  }

  @Test
  void namesTheFlagThatIsMissing() {
    assertThat(obstacle().orElseThrow()).contains("flags");
    assertThat(obstacle(RUNTIME, "x").orElseThrow()).contains("tornado.recover.bailout=false");
    assertThat(obstacle(RUNTIME, "x", "tornado.recover.bailout", "True").orElseThrow())
        .contains("tornado.recover.bailout=false");
    assertThat(
            obstacle(
                    RUNTIME, "x", "tornado.recover.bailout", "false", "tornado.enable.fma", "False")
                .orElseThrow())
        .contains("tornado.enable.fma");
    assertThat(obstacle(RUNTIME, "x", "tornado.recover.bailout", "false")).isEmpty();
  }

  @Test
  void availabilityNeverThrowsAndStaysTheSame() {
    var provider = new TornadoBackendProvider();
    assertThat(provider.availability()).isEqualTo(provider.availability());
  }

  @Test
  void aFailureIsTheDeepestCauseInOneLineWithoutColours() {
    var deepest = new IllegalStateException("\u001B[31mno device\u001B[0m\nmore");
    assertThat(TornadoFailures.sentence(new RuntimeException("outer", deepest)))
        .isEqualTo("no device");
    assertThat(TornadoFailures.sentence(new StackOverflowError())).contains("StackOverflowError");
    assertThat(TornadoFailures.sentence(new ClassNotFoundException("a.b.C")))
        .isEqualTo("ClassNotFoundException: a.b.C");
    assertThat(
            TornadoFailures.sentence(
                new Error("[WARNING] No platforms. Deoptimizing to sequential execution.")))
        .isEqualTo("No platforms.");
    assertThat(
            TornadoFailures.sentence(
                new Error(
                    "\u001B[31mBailout is disabled. \nReason: Unable to compile task many.stage0\n"
                        + "The internal error is: Error in the driver\u001B[0m\nStacktrace: [x]")))
        .isEqualTo("Unable to compile task many.stage0: Error in the driver");
  }
}
