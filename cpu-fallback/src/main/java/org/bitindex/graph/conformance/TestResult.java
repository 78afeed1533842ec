package org.bitindex.graph.conformance;

import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;

/**
 * What became of one test.
 *
 * @param name of the test
 * @param operators of its model
 * @param kind whether it passed
 * @param reason why it did not; empty if it did
 */
public record TestResult(String name, Set<String> operators, Kind kind, String reason) {
  /** Whether a test passed. */
  public enum Kind {
    PASSED,
    /** An output differs, or a listed operator refuses. */
    FAILED,
    /** The model has an operator that is not listed, or a value that is no tensor. */
    UNSUPPORTED
  }

  public TestResult {
    operators = Collections.unmodifiableSet(new TreeSet<>(operators));
  }
}
