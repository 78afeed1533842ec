package org.bitindex.lab.jmh;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.bitindex.lab.peers.PeerProvider;
import org.bitindex.lab.peers.Peers;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * JMH with its own options, the allocation profiler, those peers whose library is present, and a
 * summary at the end.
 */
public final class BenchmarkMain {
  private BenchmarkMain() {}

  /** Runs the benchmarks whose names match. */
  public static void main(String[] args) throws RunnerException, IOException {
    if (List.of(args).contains("--help")) {
      main(new String[] {"-h"});
      return;
    }
    CommandLineOptions options;
    try {
      options = new CommandLineOptions(args);
    } catch (CommandLineOptionException e) {
      System.err.println("bench: " + e.getMessage() + "; --help lists the options");
      System.exit(2);
      return;
    }
    if (options.shouldHelp() || options.shouldList() || options.shouldListWithParams()) {
      org.openjdk.jmh.Main.main(args);
      return;
    }
    OptionsBuilder builder = new OptionsBuilder();
    builder.parent(options).addProfiler(GCProfiler.class);
    if (!options.getParameter("peer").hasValue()) {
      builder.param("peer", availablePeers());
    }
    Collection<RunResult> results;
    try {
      results = new Runner(builder.build()).run();
    } catch (NoBenchmarksException _) {
      System.err.println("bench: no benchmark matches; -l lists them");
      System.exit(2);
      return;
    }
    System.out.println();
    System.out.println(new BenchmarkSummary(results));
  }

  private static String[] availablePeers() {
    Peers.all().forEach(peer -> peer.unavailable().ifPresent(System.err::println));
    return Peers.all().stream()
        .filter(peer -> peer.unavailable().isEmpty())
        .map(PeerProvider::name)
        .toArray(String[]::new);
  }
}
