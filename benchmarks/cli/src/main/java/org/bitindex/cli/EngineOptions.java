package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.bitindex.cli.text.Figures;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a command works: {@code --engine}, and the options of the engine. */
public final class EngineOptions {
  private static final String LOCAL = "local";
  private static final String SPARK = "spark";

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--engine",
      paramLabel = "local|spark",
      description = "this process, or Apache Spark, whose output is Parquet (default: local)")
  private String name = LOCAL;

  @ArgGroup(exclusive = false, heading = "%nWith --engine spark:%n")
  private @Nullable SparkOptions sparkOptions;

  /** True if the command shall work in this process; then it has no engine's options. */
  boolean isLocal() {
    if (!name.equals(LOCAL)) {
      return false;
    }
    if (sparkOptions != null) {
      throw usage("--master, --column, --on-bad-row, --partitions and --conf need --engine spark");
    }
    return true;
  }

  /** Lets the engine do the work and prints what it did. */
  void run(Path model, String input, OutputOptions output, BackendOptions backend)
      throws IOException {
    InferenceEngine engine = engine();
    for (String option : new String[] {"--labels", "--threads", "--use-bits"}) {
      if (command.commandLine().getParseResult().hasMatchedOption(option)) {
        throw usage(option + " needs --engine local");
      }
    }
    SparkOptions options = sparkOptions == null ? new SparkOptions() : sparkOptions;
    if (options.partitions() < 0) {
      throw usage("--partitions is " + options.partitions() + ", must be at least 1");
    }
    print(
        engine.run(
            new InferenceJob(
                model,
                input,
                output.location(),
                output.ifExists(),
                backend.name(),
                backend.activationBits(),
                options)));
  }

  private InferenceEngine engine() {
    for (InferenceEngine engine : InferenceEngine.all()) {
      if (engine.name().equals(name)) {
        return engine;
      }
    }
    if (!name.equals(SPARK)) {
      throw usage("--engine is " + name + ", there are " + LOCAL + " and " + SPARK);
    }
    throw usage(
        "Spark is not on the class path; './setup.sh bie infer --engine spark' downloads it, and"
            + " spark-submit takes the jar that 'mvn package -Pspark' builds");
  }

  private void print(InferenceEngine.Outcome outcome) {
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s in %s (%,.0f a second) on %s, ready after %s%n",
        Figures.count(outcome.rows(), "sample"),
        Figures.seconds(outcome.seconds()),
        outcome.rows() / outcome.seconds(),
        outcome.description(),
        Figures.seconds(outcome.startSeconds()));
    if (outcome.badRows() > 0) {
      String have = outcome.badRows() == 1 ? " has" : " have";
      out.println(Figures.count(outcome.badRows(), "bad row") + have + " no outputs");
    }
    out.flush();
  }

  private ParameterException usage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
