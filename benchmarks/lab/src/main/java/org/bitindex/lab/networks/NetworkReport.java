package org.bitindex.lab.networks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bitindex.backend.Backend;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.jspecify.annotations.Nullable;

/**
 * Judges networks one after the other: the FP32 graph against ONNX Runtime, then encoded in some
 * ways, with sizes, the task's quality and speed.
 */
public final class NetworkReport {
  private static final int LARGE_BATCH = 32;

  private final RealNetworks networks;
  private final Backend backend;
  private final int threads;
  private final double seconds;
  private final PrintWriter out;
  private final List<Row> rows = new ArrayList<>();

  /**
   * A report over networks whose files are in a folder.
   *
   * @param backend multiplies with encoded weights
   * @param seconds the least length of a timed repetition; 0 to time nothing
   */
  public NetworkReport(Path folder, Backend backend, int threads, double seconds, PrintWriter out) {
    this.networks = new RealNetworks(folder, threads);
    this.backend = backend;
    this.threads = threads;
    this.seconds = seconds;
    this.out = out;
  }

  /** The names of all networks. */
  public Set<String> names() {
    return networks.names();
  }

  /** The lines so far. */
  public List<Row> rows() {
    return rows;
  }

  /**
   * Judges one network.
   *
   * @throws IllegalArgumentException if there is none of that name
   * @throws IOException if a file is missing
   */
  public void judge(String name) throws IOException {
    RealNetwork real = networks.open(name);
    List<float[]> reference;
    try (Network dense =
            Network.open(real.model(), NetworkOptions.on(backend).withThreads(threads));
        var peer = new OnnxRuntime(real.model(), threads)) {
      reference = Measurement.results(real, dense::run);
      Measurement.Agreement agreement =
          Measurement.compare(reference, Measurement.results(real, peer));
      out.printf(
          "%s: FP32 graph against ONNX Runtime %s: largest difference %s, cosine %.7f%n",
          name,
          OnnxRuntime.version(),
          Figures.number(agreement.largestDifference()),
          agreement.worstCosine());
      out.flush();
      add(real, "FP32, ONNX Runtime", real.model(), null, peer, reference);
      add(real, "FP32", real.model(), null, dense::run, reference);
    }
    Path int8 = real.int8();
    if (int8 != null) {
      try (var peer = new OnnxRuntime(int8, threads)) {
        add(real, "int8, ONNX Runtime", int8, null, peer, reference);
      }
    }
  }

  private void add(
      RealNetwork real,
      String form,
      Path file,
      @Nullable Long memory,
      Runner runner,
      List<float[]> reference)
      throws IOException {
    rows.add(
        new Row(
            real.name(),
            form,
            Files.size(file),
            memory,
            real.task(),
            real.quality(runner),
            Measurement.compare(reference, Measurement.results(real, runner)).meanCosine(),
            rate(real, runner, 1),
            rate(real, runner, LARGE_BATCH)));
  }

  private @Nullable Double rate(RealNetwork real, Runner runner, int batch) {
    return seconds == 0 ? null : (Double) Measurement.rate(real, runner, batch, seconds);
  }

  /** The lines as a table. */
  public String table() {
    var table =
        new TextTable(
            "network", "form", "file", "memory", "task", "right", "cosine", "1 by 1", "by 32");
    for (Row row : rows) {
      table.add(
          row.network(),
          row.form(),
          Figures.bytes(row.fileBytes()),
          row.memoryBytes() == null ? "-" : Figures.bytes(row.memoryBytes()),
          row.task(),
          Figures.percent(row.quality()),
          "%.5f".formatted(row.cosine()),
          perSecond(row.perSecond1()),
          perSecond(row.perSecond32()));
    }
    return table.toString();
  }

  private static String perSecond(@Nullable Double rate) {
    return rate == null ? "-" : Figures.significant(rate) + "/s";
  }
}
