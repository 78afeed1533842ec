package org.bitindex.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.cli.measure.Environment;
import org.bitindex.lab.evaluation.Evaluation;
import org.bitindex.lab.evaluation.EvaluationPlan;
import org.bitindex.lab.evaluation.FileSources;
import org.bitindex.lab.evaluation.MatrixSource;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.report.Report;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bie evaluate}: measures every claim of the paper and writes a report. */
@Command(
    name = "evaluate",
    description = {
      "Measures every code, layout and baseline on the paper's matrices and judges its claims.",
      "Real weights join where the sample model was downloaded (./setup.sh fetch minilm)."
    },
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  /** Where {@code setup.sh} says that the sample model is. */
  private static final String MINILM_PROPERTY = "bie.minilm";

  @Spec private CommandSpec command;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "folder for the report, plots and raw results")
  private Path output;

  @Option(
      names = "--quick",
      description = "fewer matrices and codes: three minutes instead of up to forty")
  private boolean quick;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "backend that multiplies, on one thread (default: auto); a device also encodes")
  private String backendName = Backends.AUTO;

  @Option(
      names = "--smtx",
      paramLabel = "DIR",
      description = "also measures the .smtx patterns under this folder")
  private @Nullable Path smtx;

  @Override
  public Integer call() throws IOException {
    if (Files.exists(output) && !Files.isDirectory(output)) {
      throw new IOException(output + " is not a folder");
    }
    EvaluationPlan plan =
        quick ? EvaluationPlan.quick(fileSources()) : EvaluationPlan.full(fileSources());
    try (Backend backend = Backends.open(backendName, 1)) {
      Results results = measure(plan, backend);
      Environment environment = Environment.here(backend.description());
      new Report("bie evaluate" + (quick ? " --quick" : ""), environment, results).write(output);
    }
    command.commandLine().getOut().println("report: " + output.resolve("report.html"));
    command.commandLine().getOut().flush();
    return 0;
  }

  private static Results measure(EvaluationPlan plan, Backend backend) {
    try (ProgressBar bar = new ProgressBar("matrices", plan.matrices())) {
      return new Evaluation(plan, backend, bar::step).run();
    }
  }

  private List<MatrixSource> fileSources() throws IOException {
    List<MatrixSource> sources = new ArrayList<>();
    String minilm = System.getProperty(MINILM_PROPERTY);
    if (minilm != null) {
      sources.addAll(
          FileSources.minilm(
              Path.of(minilm),
              quick ? EvaluationPlan.QUICK_SPARSITIES : EvaluationPlan.SPARSITIES));
    }
    if (smtx != null) {
      sources.addAll(FileSources.smtx(smtx));
    }
    return sources;
  }
}
