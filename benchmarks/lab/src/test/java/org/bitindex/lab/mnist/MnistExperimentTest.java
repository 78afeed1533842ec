package org.bitindex.lab.mnist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.code.Code;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.nn.Sequential;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MnistExperimentTest {
  private static final List<Code> CODES = List.of(new Code.Ternary(0, 0), new Code.Symmetric(4));

  private static MnistExperiment experiment;

  @BeforeAll
  static void runOnce() throws IOException {
    experiment = run(2);
  }

  private static MnistExperiment run(int threads) throws IOException {
    var epochs = new AtomicInteger();
    var plan = new MnistPlan(20, 10, List.of(0.0, 0.9), CODES, 1, threads);
    MnistData data = MnistData.read(MnistDataTest.committedDigits());
    try (Backend backend = Backends.open("vector:256", threads)) {
      var experiment = new MnistExperiment(data, plan, backend, 24, _ -> epochs.incrementAndGet());
      experiment.run();
      assertThat(epochs.get()).isEqualTo(plan.totalEpochs());
      return experiment;
    }
  }

  @Test
  void theWholeStoryWithFewDigits() throws IOException {
    List<MnistRow> rows = experiment.rows();
    // Four dense and three sparse baselines, two codes at two sparsities.
    assertThat(rows).hasSize(11);
    MnistRow dense = rows.getFirst();
    assertThat(dense.name()).isEqualTo("dense FP32");
    assertThat(dense.bytes()).isEqualTo(4L * (784 * 300 + 300 * 100 + 100 * 10 + 300 + 100 + 10));
    for (MnistRow row : rows) {
      assertThat(row.accuracy()).as(row.name()).isBetween(0.5, 1.0);
      assertThat(row.bytes()).as(row.name()).isLessThanOrEqualTo(dense.bytes());
    }
    MnistRow best = MnistTable.best(rows, 20).orElseThrow();
    assertThat(best.bytes() * 20).isLessThanOrEqualTo(dense.bytes());
    assertThat(MnistTable.best(rows, 1_000_000)).isEmpty();
    assertThat(MnistTable.of(rows).lines()).hasSize(12);
    assertThat(run(1).rows()).isEqualTo(rows);
  }

  @Test
  void everyBackendGivesTheSameLogitsForDigits() throws IOException {
    float[] digits = MnistData.read(MnistDataTest.committedDigits()).heldOut().batch();
    for (MnistExperiment.Tuned tuned : experiment.tuned()) {
      try (Sequential encoded = tuned.network().encode(experiment.tuningRecipe(tuned.code()))) {
        float[] expected = logits("scalar", encoded, digits);
        for (BackendProvider provider : Backends.providers()) {
          if (provider.availability() instanceof Availability.Ready) {
            assertThat(logits(provider.name(), encoded, digits))
                .as("%s, %s", provider.name(), tuned.row().name())
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  private static float[] logits(String name, Sequential encoded, float[] digits) {
    int[] shape = {digits.length / MnistData.PIXELS, MnistData.PIXELS};
    try (Backend backend = Backends.open(name, 2);
        Network network = encoded.open(NetworkOptions.on(backend))) {
      return network.run(Tensor.of(shape, digits)).floats();
    }
  }
}
