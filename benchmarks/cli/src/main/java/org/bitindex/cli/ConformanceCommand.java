package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.bitindex.cli.text.Figures;
import org.bitindex.graph.conformance.Conformance;
import org.bitindex.graph.conformance.Outcome;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bie conformance}: runs ONNX's own tests of operators. */
@Command(
    name = "conformance",
    description =
        "Runs folders of ONNX's own tests, model.onnx beside inputs and expected outputs, such as"
            + " those of Debian's package libonnx-testdata.",
    mixinStandardHelpOptions = true)
final class ConformanceCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Parameters(paramLabel = "DIR", description = "folder with the tests, at any depth")
  private Path folder;

  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = command.commandLine().getOut();
    List<Path> tests = Conformance.tests(folder);
    if (tests.isEmpty()) {
      throw new IOException(folder + " has no tests: no model.onnx beside test_data_set_0");
    }
    int passed = 0;
    int failed = 0;
    Set<String> operators = new TreeSet<>();
    Set<String> passing = new TreeSet<>();
    Map<String, Integer> unsupported = new TreeMap<>();
    for (Path test : tests) {
      Outcome outcome = Conformance.run(test, threads.count());
      operators.addAll(outcome.operators());
      switch (outcome.kind()) {
        case PASSED -> {
          passed++;
          passing.addAll(outcome.operators());
        }
        case FAILED -> {
          failed++;
          out.println("failed: " + outcome.name() + ": " + outcome.reason());
        }
        case UNSUPPORTED -> unsupported.merge(outcome.reason(), 1, Integer::sum);
      }
    }
    unsupported.forEach((reason, count) -> out.println("unsupported: " + reason + ": " + count));
    out.printf(
        "%s: %d passed, %d failed, %d unsupported; %s, of which %d pass%n",
        Figures.count(tests.size(), "test"),
        passed,
        failed,
        tests.size() - passed - failed,
        Figures.count(operators.size(), "operator"),
        passing.size());
    out.flush();
    return failed == 0 ? 0 : Failures.BAD_DATA;
  }
}
