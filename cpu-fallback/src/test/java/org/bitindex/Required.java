package org.bitindex;

import static org.junit.jupiter.api.Assumptions.abort;

import java.util.Arrays;

/**
 * Tests need things that a machine may lack. They are skipped there, or fail, where the system
 * property {@code bie.require} names what is missing: {@code -Dbie.require=python3,mkl,tornado}.
 */
public final class Required {
  private Required() {}

  /** Whether the property names {@code what}. */
  public static boolean isRequired(String what) {
    return Arrays.asList(System.getProperty("bie.require", "").split(",")).contains(what);
  }

  /** Skips or fails the test, for {@code reason}. */
  public static <T> T isMissing(String what, String reason) {
    if (isRequired(what)) {
      throw new AssertionError(what + " is required: " + reason);
    }
    return abort(reason);
  }
}
