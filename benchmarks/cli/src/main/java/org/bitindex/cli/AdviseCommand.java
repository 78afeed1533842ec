package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.cli.advise.Advisor;
import org.bitindex.cli.advise.CalibrationCache;
import org.bitindex.cli.advise.Candidate;
import org.bitindex.cli.advise.Grid;
import org.bitindex.cli.advise.MachineCosts;
import org.bitindex.cli.advise.PredictionCheck;
import org.bitindex.cli.advise.ProductTiming;
import org.bitindex.cli.advise.Recommendation;
import org.bitindex.cli.advise.Sweep;
import org.bitindex.cli.advise.TimedProduct;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.JsonText;
import org.bitindex.cli.text.Progress;
import org.bitindex.cli.text.TextTable;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie advise}: whether encoding pays for the matrices of a file, and how. */
@Command(
    name = "advise",
    description = {
      "Compares ways to store each matrix of a dense file, on this CPU, and recommends one.",
      "The first run for a number of samples calibrates the machine, which takes some seconds."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "ratio: FP32 bytes to bytes. memory: the bytes, and what a plan holds for --batch samples.",
      "predicted, measured: time of such a product.",
      "*: recommended. The rule is in docs/advice.md."
    })
public final class AdviseCommand implements Callable<Integer> {
  private static final double DEFAULT_SQNR = 20;
  private static final int MOST_SAMPLES = 1 << 20;

  @Spec private CommandSpec command;

  @Option(names = "--input", paramLabel = "FILE", description = "dense weights")
  private @Nullable Path input;

  @Mixin private TensorOptions tensors;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "samples of a product (default: ${DEFAULT-VALUE})")
  private int batch = 1;

  @Option(
      names = "--max-error",
      paramLabel = "E",
      description = "greatest relative error of the weights, ||W - V|| / ||W||")
  private @Nullable Double maxError;

  @Option(
      names = "--min-sqnr",
      paramLabel = "DB",
      description = "instead: least signal to quantisation noise (default: 20, an error of 10 %%)")
  private @Nullable Double minSqnr;

  @Mixin private ThreadOptions threads;

  @Mixin private JsonOption json;

  @Option(
      names = "--cache",
      paramLabel = "DIR",
      description = "folder that keeps calibrations (default: bie in $XDG_CACHE_HOME or ~/.cache)")
  private @Nullable Path cache;

  @Option(names = "--recalibrate", description = "calibrate anew, for example on a quieter machine")
  private boolean recalibrate;

  @Option(
      names = "--sweep",
      description =
          "instead of advice: sizes, memory and errors of the whole file, pruned and encoded in"
              + " several ways, all matrices alike")
  private boolean sweep;

  @Option(
      names = "--check",
      description =
          "instead of advice on a file: how far predictions are from times measured for shapes"
              + " that are not the calibration's")
  private boolean check;

  /** Called by picocli. */
  public AdviseCommand() {}

  @Override
  public Integer call() throws IOException {
    double leastSqnr = leastSqnr();
    if (batch < 1 || batch > MOST_SAMPLES) {
      throw badUsage("--batch is " + batch + ", allowed are 1 to " + MOST_SAMPLES);
    }
    if (check == (input != null)) {
      throw badUsage(check ? "--input does not go with --check" : "--input is missing");
    }
    int threadCount = threads.count();
    if (check) {
      try (Backend backend = backend(threadCount)) {
        check(new ProductTiming(backend, threadCount, batch));
      }
      return 0;
    }
    try (DenseFile file = DenseFile.open(Objects.requireNonNull(input))) {
      SequencedMap<String, Weights> matrices = tensors.choose(file);
      try (Backend backend = backend(threadCount)) {
        if (sweep) {
          sweep(matrices.values(), new ProductTiming(backend, threadCount, batch));
          return 0;
        }
        advise(matrices, leastSqnr, new ProductTiming(backend, threadCount, batch));
      }
    }
    return 0;
  }

  /**
   * The vector backend without its self-check, which would take a third of a calibration: products
   * are timed here, and nobody sees their results.
   */
  private static Backend backend(int threads) {
    return Backends.providers().stream()
        .filter(provider -> provider.name().equals("vector"))
        .findFirst()
        .orElseThrow()
        .create("", threads);
  }

  private double leastSqnr() {
    if (maxError == null) {
      double least = minSqnr == null ? DEFAULT_SQNR : minSqnr;
      if (Double.isNaN(least)) {
        throw badUsage("--min-sqnr is NaN, must be a number of decibels");
      }
      return least;
    }
    if (minSqnr != null) {
      throw badUsage("--min-sqnr does not go with --max-error");
    }
    if (!(maxError >= 0)) {
      throw badUsage("--max-error is " + maxError + ", must be at least 0");
    }
    return -20 * Math.log10(maxError);
  }

  private void check(ProductTiming timing) throws IOException {
    MachineCosts calibration = calibration(timing);
    List<TimedProduct> timed;
    try (var progress = Progress.start("measuring", Grid.HELD_OUT.steps())) {
      timed = Grid.HELD_OUT.run(timing, () -> progress.step(1));
    }
    var result = PredictionCheck.of(calibration, timed);
    json.print(result.predictions(), () -> "%s%n%n%s".formatted(settings(timing), result));
  }

  private void sweep(Collection<Weights> matrices, ProductTiming timing) throws IOException {
    List<Sweep> ways;
    try (var progress = Progress.start("encoding", (long) Sweep.STEPS * matrices.size())) {
      ways = Sweep.of(matrices, timing, () -> progress.step(1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": " + e.getMessage(), e);
    }
    json.print(
        ways,
        () ->
            "%s, %s as FP32; %s%n%n%s"
                .formatted(
                    Figures.count(matrices.size(), "matrix"),
                    Figures.bytes(ways.getFirst().weights() * Float.BYTES),
                    settings(timing),
                    table(ways)));
  }

  private static TextTable table(List<Sweep> ways) {
    var table =
        new TextTable("pruned", "bits", "bytes", "bits/weight", "ratio", "memory", "rel. error");
    for (Sweep way : ways) {
      table.add(
          Figures.percent(way.sparsity()),
          String.valueOf(way.bits()),
          Figures.bytes(way.bytes()),
          Figures.significant(way.bytes() * 8 / way.weights()),
          Figures.ratio(way.weights() * Float.BYTES / way.bytes()),
          Figures.bytes(way.memoryBytes()),
          Figures.percent(way.relativeError()));
    }
    return table;
  }

  private void advise(
      SequencedMap<String, Weights> matrices, double leastSqnr, ProductTiming timing)
      throws IOException {
    var advisor = new Advisor(calibration(timing), timing, leastSqnr);
    PrintWriter out = command.commandLine().getOut();
    List<Map<String, Object>> objects = new ArrayList<>();
    List<Candidate> chosen = new ArrayList<>();
    if (!json.asked()) {
      out.printf(
          "%s; error limit: SQNR of %s%n",
          settings(timing), Figures.significant(leastSqnr) + " dB");
    }
    try (var progress = Progress.start("comparing", matrices.size())) {
      matrices.forEach((name, weights) -> {
        Recommendation advice = advise(advisor, name, weights);
        chosen.add(advice.chosen());
        if (json.asked()) {
          objects.add(toMap(name, weights, advice));
        } else {
          print(name, weights, advice);
        }
        progress.step(1);
      });
    }
    if (json.asked()) {
      Map<String, Object> root = new LinkedHashMap<>();
      root.put("file", String.valueOf(input));
      root.put("backend", timing.backend().description());
      root.put("batch", batch);
      root.put("minSqnrDecibel", leastSqnr);
      root.put("matrices", objects);
      root.put("together", Total.of(chosen));
      out.println(JsonText.text(root));
    } else {
      printTotal(Total.of(chosen));
    }
    out.flush();
  }

  /** What the whole file takes where every recommendation is followed. */
  private record Total(long denseBytes, long bytes, long memoryBytes, double seconds) {
    static Total of(List<Candidate> chosen) {
      return new Total(
          Float.BYTES * chosen.stream().mapToLong(Candidate::weights).sum(),
          chosen.stream().mapToLong(Candidate::bytes).sum(),
          chosen.stream().mapToLong(Candidate::memoryBytes).sum(),
          chosen.stream().mapToDouble(Candidate::seconds).sum());
    }
  }

  private void printTotal(Total total) {
    command
        .commandLine()
        .getOut()
        .printf(
            "%nTogether as recommended: %s, %s smaller than FP32; %s in memory; %s for %s%n",
            Figures.bytes(total.bytes),
            Figures.ratio((double) total.denseBytes / total.bytes),
            Figures.bytes(total.memoryBytes),
            Figures.seconds(total.seconds),
            Figures.count(batch, "sample"));
  }

  private Recommendation advise(Advisor advisor, String name, Weights weights) {
    try {
      return advisor.advise(weights);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(input + ": matrix " + name + ": " + e.getMessage(), e);
    }
  }

  private MachineCosts calibration(ProductTiming timing) throws IOException {
    var store =
        new CalibrationCache(
            cache == null ? defaultCache() : cache, CalibrationCache.Identity.of(timing));
    Optional<List<TimedProduct>> kept = recalibrate ? Optional.empty() : store.load();
    if (kept.isPresent()) {
      return new MachineCosts(kept.get());
    }
    PrintWriter err = command.commandLine().getErr();
    long start = System.nanoTime();
    List<TimedProduct> timed;
    try (var progress = Progress.start("calibrating", Grid.CALIBRATION.steps())) {
      timed = Grid.CALIBRATION.run(timing, () -> progress.step(1));
    }
    store.save(timed);
    err.printf(
        "calibrated in %s, kept in %s%n",
        Figures.seconds((System.nanoTime() - start) * 1e-9), store.file());
    err.flush();
    return new MachineCosts(timed);
  }

  private static Path defaultCache() {
    String folder = System.getenv("XDG_CACHE_HOME");
    Path caches =
        folder == null || folder.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(folder);
    return caches.resolve("bie");
  }

  private String settings(ProductTiming timing) {
    return "%s, %d %s"
        .formatted(timing.backend().description(), batch, batch == 1 ? "sample" : "samples");
  }

  private void print(String name, Weights weights, Recommendation advice) {
    PrintWriter out = command.commandLine().getOut();
    out.printf("%n%s, %d x %d:%n%n", name, weights.rows(), weights.columns());
    var table =
        new TextTable(
            "format",
            "layout",
            "bytes",
            "bits/weight",
            "ratio",
            "memory",
            "rel. error",
            "SQNR",
            "predicted",
            "measured");
    advice.candidates().forEach(c -> addTo(table, c, c.equals(advice.chosen())));
    out.println(table);
    out.println();
    out.println(advice.sentence() + ".");
    out.flush();
  }

  private static void addTo(TextTable table, Candidate candidate, boolean chosen) {
    Double measured = candidate.measuredSeconds();
    table.add(
        candidate.format().name() + (chosen ? " *" : ""),
        candidate.layout(),
        Figures.bytes(candidate.bytes()),
        Figures.significant(candidate.bitsPerWeight()),
        Figures.ratio(candidate.ratio()),
        Figures.bytes(candidate.memoryBytes()),
        Figures.percent(candidate.relativeError()),
        Figures.decibel(candidate.sqnrDecibel()),
        Figures.seconds(candidate.predictedSeconds()),
        measured == null ? "-" : Figures.seconds(measured));
  }

  private static Map<String, Object> toMap(String name, Weights weights, Recommendation advice) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("name", name);
    map.put("rows", weights.rows());
    map.put("columns", weights.columns());
    map.put("candidates", advice.candidates().stream().map(AdviseCommand::toMap).toList());
    map.put("recommended", advice.chosen().format().name());
    map.put("keepDense", advice.keepsDense());
    map.put("recommendation", advice.sentence());
    return map;
  }

  private static Map<String, @Nullable Object> toMap(Candidate candidate) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("format", candidate.format().name());
    map.put("layout", candidate.layout());
    map.put("encodeOptions", candidate.encodeOptions());
    map.put("bytes", candidate.bytes());
    map.put("bitsPerWeight", candidate.bitsPerWeight());
    map.put("ratio", candidate.ratio());
    map.put("relativeError", candidate.relativeError());
    map.put("sqnrDecibel", candidate.sqnrDecibel());
    map.put("predictedSeconds", candidate.predictedSeconds());
    map.put("measuredSeconds", candidate.measuredSeconds());
    map.put("memoryBytes", candidate.memoryBytes());
    return map;
  }

  private ParameterException badUsage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
