package org.bitindex.lab.jmh;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;
import org.bitindex.cli.measure.Workload;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.lab.claims.ClaimText;
import org.bitindex.lab.peers.PeersBenchmark;
import org.bitindex.matrix.EncodedMatrix;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/**
 * The table that ends a run: time, allocation, dense multiply-adds a second, speed-up over the
 * baseline of the same run ({@value #BASELINE} on the same shape, batch and threads), and the
 * additions at set bits as a share of the peak that {@link RooflineBenchmark} measured in the same
 * run.
 */
final class BenchmarkSummary {
  private static final String BASELINE = "openblas";

  private final Collection<RunResult> results;

  BenchmarkSummary(Collection<RunResult> results) {
    this.results = results;
  }

  @Override
  public String toString() {
    var table =
        new TextTable(
            "benchmark",
            "parameters",
            "us",
            "bytes/op",
            "x " + BASELINE,
            "G MAC/s",
            "G add/s",
            "of L1 peak");
    OptionalDouble peak = peakAdds();
    for (RunResult result : results) {
      OptionalDouble adds = adds(result);
      table.add(
          name(result.getParams().getBenchmark()),
          parameters(result.getParams()),
          Figures.number(micros(result)),
          allocated(result),
          baseline(result.getParams())
              .map(baseline -> Figures.number(micros(baseline) / micros(result)))
              .orElse("-"),
          multiplyAdds(result.getParams())
              .map(macs -> Figures.number(macs / micros(result) * 1e-3))
              .orElse("-"),
          adds.isPresent() ? Figures.number(adds.getAsDouble() / micros(result) * 1e-3) : "-",
          adds.isPresent() && peak.isPresent()
              ? ClaimText.percent(adds.getAsDouble() / micros(result) / peak.getAsDouble())
              : "-");
    }
    return table.toString();
  }

  /** Benchmarks all measure microseconds. */
  private static double micros(RunResult result) {
    return result.getPrimaryResult().getScore();
  }

  /** Class and method without the package. */
  private static String name(String benchmark) {
    int method = benchmark.lastIndexOf('.');
    return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
  }

  private static String parameters(BenchmarkParams params) {
    return params.getParamsKeys().stream()
        .map(key -> key + "=" + params.getParam(key))
        .collect(Collectors.joining(" "));
  }

  private static String allocated(RunResult result) {
    Result<?> rate = result.getSecondaryResults().get("gc.alloc.rate.norm");
    return rate == null ? "-" : Long.toString(Math.round(rate.getScore()));
  }

  private Optional<RunResult> baseline(BenchmarkParams params) {
    return results.stream()
        .filter(
            result -> result.getParams().getBenchmark().startsWith(PeersBenchmark.class.getName()))
        .filter(result -> BASELINE.equals(result.getParams().getParam("peer")))
        .filter(result ->
            List.of("shape", "batch", "threads").stream()
                .allMatch(
                    key -> Objects.equals(params.getParam(key), result.getParams().getParam(key))))
        .findFirst();
  }

  /** Multiply-adds of the dense product. */
  private static Optional<Double> multiplyAdds(BenchmarkParams params) {
    if (params.getParam("shape") == null || params.getParam("batch") == null) {
      return Optional.empty();
    }
    String[] sizes = params.getParam("shape").split("x", 2);
    return Optional.of(
        Double.parseDouble(sizes[0])
            * Double.parseDouble(sizes[1])
            * Double.parseDouble(params.getParam("batch")));
  }

  /** Additions of one product: set bits of all planes times samples. */
  private static OptionalDouble adds(RunResult result) {
    BenchmarkParams params = result.getParams();
    if (!params.getBenchmark().startsWith(ProductBenchmark.class.getName())) {
      return OptionalDouble.empty();
    }
    var dense =
        Workload.weights(params.getParam("shape"), Double.parseDouble(params.getParam("density")));
    try (EncodedMatrix weights = Workload.encode(dense, params.getParam("code"), "flat", 1)) {
      return OptionalDouble.of(
          (double) weights.setBits() * Integer.parseInt(params.getParam("batch")));
    }
  }

  /** Additions a microsecond from the L1 cache. */
  private OptionalDouble peakAdds() {
    return results.stream()
        .filter(result -> result.getParams().getBenchmark().endsWith(".addFromL1"))
        .mapToDouble(result -> RooflineBenchmark.L1_INTS / micros(result))
        .findFirst();
  }
}
