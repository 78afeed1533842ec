package org.bitindex.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextTable;
import org.bitindex.cli.text.WallTime;
import org.bitindex.lab.peers.PeerProvider;
import org.bitindex.lab.peers.Peers;
import org.bitindex.matrix.EncodedMatrix;

/** Multiplies the same samples on every backend, whose outputs must be the same bits. */
final class DemoProducts {
  private static final int[] BATCHES = {1, 64};

  /** What a user would take instead: dense floats, and a sparse format. */
  private static final List<String> PEERS = List.of("openblas", "csr-vector");

  private final List<EncodedMatrix> matrices;
  private final int threads;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> remarks = new ArrayList<>();
  private final List<List<float[]>> reference = new ArrayList<>();
  private boolean identical = true;

  /**
   * Times on one backend or in one library.
   *
   * @param readySeconds until the first product was there, of the largest batch
   * @param seconds of a product, by number of samples
   * @param outputs how they compare with the reference's
   */
  record Row(
      String on, double readySeconds, SequencedMap<Integer, Double> seconds, String outputs) {}

  /** Products with {@code matrices} on {@code threads} CPU threads. */
  DemoProducts(List<EncodedMatrix> matrices, int threads) {
    this.matrices = matrices;
    this.threads = threads;
  }

  /** Multiplies on every backend, the reference first, and in other libraries. */
  void run() {
    for (BackendProvider provider : Backends.providers().reversed()) {
      switch (provider.availability()) {
        case Availability.Ready ready -> {
          for (Device device : ready.devices()) {
            runOn(device.nameOn(provider.name()));
          }
        }
        case Availability.Unavailable(String reason) ->
            remarks.add(provider.name() + " is unavailable: " + reason);
      }
    }
    for (String name : PEERS) {
      PeerProvider peer = Peers.byName(name);
      peer.unavailable().ifPresentOrElse(remarks::add, () -> runIn(peer));
    }
  }

  private void runOn(String name) {
    try (Backend backend = Backends.open(name, threads)) {
      List<List<float[]>> outputs = new ArrayList<>();
      rows.add(
          measure(
              name,
              batch -> DemoProduct.on(backend, matrices, batch),
              outputs,
              () -> compare(outputs)));
    }
  }

  private void runIn(PeerProvider peer) {
    rows.add(
        measure(
            peer.name(),
            batch -> DemoProduct.with(peer, matrices, batch, threads),
            new ArrayList<>(),
            () -> "rounded floats"));
  }

  private static Row measure(
      String name,
      IntFunction<DemoProduct> products,
      List<List<float[]>> outputs,
      Supplier<String> judgement) {
    double ready = 0;
    SequencedMap<Integer, Double> seconds = new LinkedHashMap<>();
    for (int batch : BATCHES) {
      long start = System.nanoTime();
      try (DemoProduct product = products.apply(batch)) {
        product.multiply();
        ready = WallTime.secondsSince(start);
        seconds.put(batch, Stopwatch.PATIENT.time(product::multiply).medianMillis() * 1e-3);
        outputs.add(product.outputs());
      }
    }
    return new Row(name, ready, seconds, judgement.get());
  }

  private String compare(List<List<float[]>> outputs) {
    if (reference.isEmpty()) {
      reference.addAll(outputs);
      return "reference";
    }
    for (int i = 0; i < outputs.size(); i++) {
      for (int j = 0; j < matrices.size(); j++) {
        if (!Arrays.equals(bits(reference.get(i).get(j)), bits(outputs.get(i).get(j)))) {
          identical = false;
          return "DIFFERENT";
        }
      }
    }
    return "identical";
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToRawIntBits(values[i]));
    return bits;
  }

  /** Whether all backends gave the same bits. */
  boolean identical() {
    return identical;
  }

  /** What was measured, backends first. */
  List<Row> rows() {
    return rows;
  }

  /** What was measured, then what could not be. */
  @Override
  public String toString() {
    var table = new TextTable("product on", "ready after", "1 sample", "64 samples", "outputs");
    for (Row row : rows) {
      List<String> cells = new ArrayList<>(List.of(row.on, Figures.seconds(row.readySeconds)));
      row.seconds.values().forEach(time -> cells.add(Figures.seconds(time)));
      cells.add(row.outputs);
      table.add(cells.toArray(String[]::new));
    }
    return table + System.lineSeparator() + String.join(System.lineSeparator(), remarks);
  }
}
