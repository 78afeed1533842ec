package org.bitindex.lab.networks;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.sentence.NamedRecipe;
import org.jspecify.annotations.Nullable;

/**
 * Judges networks one after the other: the FP32 graph against ONNX Runtime, then encoded in some
 * ways, with sizes, the task's quality and speed.
 */
public final class NetworkReport {
  private static final int LARGE_BATCH = 32;

  /** Backends and threads that must agree to the bit. */
  private static final List<Place> SAME_BITS =
      List.of(
          new Place("scalar", 1),
          new Place("vector:128", 1),
          new Place("vector:256", 2),
          new Place("vector:512", 3),
          new Place("tornado", 1));

  /** Where a network runs. */
  private record Place(String backend, int threads) {
    boolean isThere() {
      return !backend.equals("tornado")
          || Backends.providers().stream()
              .anyMatch(provider ->
                  provider.name().equals(backend)
                      && provider.availability() instanceof Availability.Ready);
    }

    @Override
    public String toString() {
      return backend + " (" + threads + ")";
    }
  }

  private final RealNetworks networks;
  private final Backend backend;
  private final int threads;
  private final int activationBits;
  private final List<NamedRecipe> recipes;
  private final double seconds;
  private final PrintWriter out;
  private final List<NetworkRow> rows = new ArrayList<>();

  /**
   * A report over networks whose files are in a folder.
   *
   * @param backend multiplies with encoded weights
   * @param recipes in which each network is encoded
   * @param seconds the least length of a timed repetition; 0 to time nothing
   */
  public NetworkReport(
      Path folder,
      Backend backend,
      int activationBits,
      int threads,
      List<NamedRecipe> recipes,
      double seconds,
      PrintWriter out) {
    this.networks = new RealNetworks(folder, threads);
    this.backend = backend;
    this.activationBits = activationBits;
    this.threads = threads;
    this.recipes = List.copyOf(recipes);
    this.seconds = seconds;
    this.out = out;
  }

  /** The names of all networks. */
  public static Set<String> names() {
    return RealNetworks.names();
  }

  /** The lines so far. */
  public List<NetworkRow> rows() {
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
    try (Network dense = open(real.model(), backend);
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
      add(real, "FP32, ONNX Runtime", real.model(), peer, null, reference);
      add(real, "FP32", real.model(), dense, reference);
    }
    Path int8 = real.int8();
    if (int8 != null) {
      try (var peer = new OnnxRuntime(int8, threads)) {
        add(real, "int8, ONNX Runtime", int8, peer, null, reference);
      }
    }
    Path encoded = Files.createTempFile("bie-networks", ".bie.safetensors");
    try (var file = new EncodedFile(real, threads)) {
      for (NamedRecipe recipe : recipes) {
        file.write(recipe, encoded);
        try (Network network = open(encoded, backend)) {
          add(real, recipe.name(), encoded, network, reference);
        }
      }
      requireSameBits(real, encoded);
    } finally {
      Files.delete(encoded);
    }
  }

  private Network open(Path file, Backend on) throws IOException {
    NetworkOptions options =
        NetworkOptions.on(on).withThreads(threads).withActivationBits(activationBits);
    return Network.open(file, options);
  }

  /**
   * On the reference, at each vector width, with other threads, and on a device if there is one.
   */
  private void requireSameBits(RealNetwork real, Path encoded) throws IOException {
    List<String> same = new ArrayList<>();
    Batch batch = real.batches(2).getFirst();
    float[] expected = null;
    for (Place place : SAME_BITS) {
      if (!place.isThere()) {
        continue;
      }
      NetworkOptions options =
          NetworkOptions.dense().withThreads(place.threads).withActivationBits(activationBits);
      try (Backend on = Backends.open(place.backend, place.threads);
          Network network = Network.open(encoded, options.with(on))) {
        float[] output = network.run(batch.inputs()).firstEntry().getValue().floats();
        if (expected != null && !Arrays.equals(expected, output)) {
          throw new IllegalStateException(
              real.name() + " has other bits on " + place + " than on " + SAME_BITS.getFirst());
        }
        expected = output;
        same.add(place.toString());
      }
    }
    out.printf("%s: same bits on %s%n", real.name(), String.join(", ", same));
    out.flush();
  }

  private void add(
      RealNetwork real, String form, Path file, Network network, List<float[]> reference)
      throws IOException {
    add(real, form, file, network::run, network, reference);
  }

  /** Memory is looked at last, when all batch sizes have been seen. */
  private void add(
      RealNetwork real,
      String form,
      Path file,
      Runner runner,
      @Nullable Network network,
      List<float[]> reference)
      throws IOException {
    double quality = real.quality(runner);
    double cosine = Measurement.compare(reference, Measurement.results(real, runner)).meanCosine();
    Rate one = rate(real, runner, 1);
    Rate many = rate(real, runner, LARGE_BATCH);
    var row =
        new NetworkRow(
            real.name(),
            form,
            Files.size(file),
            network == null ? null : (Long) network.preparedBytes(),
            real.task(),
            quality,
            cosine,
            one,
            many);
    rows.add(row);
    out.println(row.network() + ", " + form + ": " + String.join(", ", cells(row)));
    out.flush();
  }

  private @Nullable Rate rate(RealNetwork real, Runner runner, int batch) {
    return seconds == 0 ? null : Measurement.rate(real, runner, batch, seconds);
  }

  /** The lines as a table. */
  public String table() {
    var table =
        new TextTable(
            "network", "form", "file", "memory", "task", "right", "cosine", "1 by 1", "by 32");
    for (NetworkRow row : rows) {
      List<String> cells = new ArrayList<>(List.of(row.network(), row.form()));
      cells.addAll(cells(row));
      table.add(cells.toArray(String[]::new));
    }
    return table.toString();
  }

  private static List<String> cells(NetworkRow row) {
    return List.of(
        Figures.bytes(row.fileBytes()),
        row.memoryBytes() == null ? "-" : Figures.bytes(row.memoryBytes()),
        row.task(),
        Figures.percent(row.quality()),
        "%.5f".formatted(row.cosine()),
        perSecond(row.perSecond1()),
        perSecond(row.perSecond32()));
  }

  private static String perSecond(@Nullable Rate rate) {
    return rate == null ? "-" : rate.toString();
  }
}
