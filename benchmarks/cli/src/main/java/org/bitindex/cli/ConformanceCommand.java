package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.bitindex.cli.text.Figures;
import org.bitindex.graph.conformance.Conformance;
import org.bitindex.graph.conformance.TestResult;
import org.bitindex.graph.conformance.TestResult.Kind;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bie conformance}: runs ONNX's own tests of operators. */
@Command(
    name = "conformance",
    description =
        "Runs folders of ONNX's own tests, model.onnx beside inputs and expected outputs, such as"
            + " those of Debian's package libonnx-testdata.",
    mixinStandardHelpOptions = true)
final class ConformanceCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "folder with the tests, at any depth")
  private Path folder;

  @Mixin private ThreadOptions threads;

  @Mixin private JsonOption json;

  @Override
  public Integer call() throws IOException {
    List<Path> tests = Conformance.tests(folder);
    if (tests.isEmpty()) {
      throw new IOException(folder + " has no tests: no model.onnx beside test_data_set_0");
    }
    List<TestResult> outcomes = new ArrayList<>();
    for (Path test : tests) {
      outcomes.add(Conformance.run(test, threads.count()));
    }
    json.print(outcomes, () -> text(outcomes));
    return of(outcomes, Kind.FAILED).isEmpty() ? 0 : Failures.BAD_DATA;
  }

  private static String text(List<TestResult> outcomes) {
    var text = new StringJoiner(System.lineSeparator());
    List<TestResult> failed = of(outcomes, Kind.FAILED);
    failed.forEach(outcome -> text.add("failed: " + outcome.name() + ": " + outcome.reason()));
    List<TestResult> unsupported = of(outcomes, Kind.UNSUPPORTED);
    Map<String, Long> reasons =
        unsupported.stream()
            .collect(
                Collectors.groupingBy(TestResult::reason, TreeMap::new, Collectors.counting()));
    reasons.forEach((reason, count) -> text.add("unsupported: " + reason + ": " + count));
    List<TestResult> passed = of(outcomes, Kind.PASSED);
    return text.add(
            "%s: %d passed, %d failed, %d unsupported; %s, of which %d pass"
                .formatted(
                    Figures.count(outcomes.size(), "test"),
                    passed.size(),
                    failed.size(),
                    unsupported.size(),
                    Figures.count(operators(outcomes), "operator"),
                    operators(passed)))
        .toString();
  }

  private static List<TestResult> of(List<TestResult> outcomes, Kind kind) {
    return outcomes.stream().filter(outcome -> outcome.kind() == kind).toList();
  }

  private static long operators(List<TestResult> outcomes) {
    return outcomes.stream().flatMap(outcome -> outcome.operators().stream()).distinct().count();
  }
}
