package org.bitindex.graph.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bitindex.graph.operator.Operators;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.DataType;
import org.junit.jupiter.api.Test;

/**
 * ONNX's own tests, where Debian's package libonnx-testdata is installed; {@code
 * -Dbie.require=onnx-testdata} makes it a failure if it is not.
 */
class ConformanceTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("bie.onnx-testdata", "/usr/share/libonnx-testdata/data"));

  /** The tests that are known not to pass, and why. */
  private static Map<String, String> exceptions() throws IOException {
    Map<String, String> exceptions = new TreeMap<>();
    try (var in = ConformanceTest.class.getResourceAsStream("exceptions.txt")) {
      assertThat(in).isNotNull();
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.startsWith("#"))
          .forEach(line -> exceptions.put(line.split(": ", 2)[0], line.split(": ", 2)[1]));
    }
    return exceptions;
  }

  @Test
  void everyTestOfAListedOperatorPassesOrIsNamed() throws IOException {
    if (!Files.isDirectory(FOLDER)) {
      String missing = "libonnx-testdata is not installed: there is no " + FOLDER;
      assertThat(System.getProperty("bie.require", "")).as(missing).doesNotContain("onnx-testdata");
      abort(missing);
    }
    Map<String, String> exceptions = exceptions();
    List<String> unexpected = new ArrayList<>();
    Set<String> operators = new TreeSet<>();
    int passed = 0;
    for (Path test : Conformance.tests(FOLDER)) {
      TestResult outcome = Conformance.run(test, 2);
      switch (outcome.kind()) {
        case PASSED -> {
          passed++;
          operators.addAll(outcome.operators());
          if (exceptions.containsKey(outcome.name())) {
            unexpected.add(outcome.name() + " passes, but is an exception");
          }
        }
        case FAILED -> {
          if (!exceptions.containsKey(outcome.name())) {
            unexpected.add(outcome.name() + ": " + outcome.reason());
          }
          assertThat(outcome.reason()).hasLineCount(1).doesNotContain("stack trace");
        }
        case UNSUPPORTED -> assertThat(outcome.reason()).isNotEmpty();
      }
    }
    assertThat(unexpected).isEmpty();
    assertThat(passed).isGreaterThanOrEqualTo(859);
    assertThat(operators).hasSizeGreaterThanOrEqualTo(137);
  }

  @Test
  void differencesAreSeen() {
    Tensor one = Tensor.of(new int[] {2}, 1f, 2f);
    assertThat(Conformance.difference(one, Tensor.of(new int[] {2}, 1f, 2.001f))).isEmpty();
    assertThat(Conformance.difference(one, Tensor.of(new int[] {2}, 1f, 2.01f)))
        .contains("element 1");
    assertThat(Conformance.difference(one, Tensor.of(new int[] {2}, Float.NaN, 2f)))
        .contains("element 0");
    assertThat(Conformance.difference(one, one.reshaped(1, 2))).contains("expected");
    assertThat(Conformance.difference(one, Tensor.of(new int[] {2}, 1L, 2L))).contains("INT64");
    Tensor texts = new Tensor(DataType.STRING, new int[] {1}, new String[] {"a"});
    Tensor others = new Tensor(DataType.STRING, new int[] {1}, new String[] {"b"});
    assertThat(Conformance.difference(texts, others)).contains("expected a");
    assertThat(Operators.names()).contains("MatMul").hasSizeGreaterThanOrEqualTo(149);
  }
}
