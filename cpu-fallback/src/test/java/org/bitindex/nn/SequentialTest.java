package org.bitindex.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.IfExists;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The network of layers has the bits of a backend's plan of them. */
class SequentialTest {
  private static final int BATCH = 37;
  private static final int FEATURES = 70;

  @TempDir private Path folder;

  private final Random random = new Random(3);
  private final Sequential layers =
      new Sequential(
          List.of(
              layer(40, FEATURES, new Code.Symmetric(4), Activation.RELU),
              layer(30, 40, new Code.Binary(0), Activation.RELU),
              layer(5, 30, new Code.Affine(3), Activation.NONE)));
  private final float[] input = gaussian(BATCH * FEATURES);

  private Linear layer(int rows, int columns, Code code, Activation activation) {
    EncodedMatrix weights =
        new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(), 1)
            .encode(DenseMatrix.of(rows, columns, gaussian(rows * columns)));
    return new Linear(weights, gaussian(rows), activation);
  }

  private float[] gaussian(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @AfterEach
  void closeMatrices() {
    layers.close();
  }

  /** What a plan makes of samples. */
  private static float[] expected(List<Linear> layers, float[] input) {
    try (Plan plan = new ScalarBackend().plan(layers, 24)) {
      int batch = input.length / plan.inputColumns();
      float[] output = new float[batch * plan.outputColumns()];
      plan.execute(input, batch, output);
      return output;
    }
  }

  private static float[] run(Network network, float[] input, int columns) {
    return network.run(Tensor.of(new int[] {input.length / columns, columns}, input)).floats();
  }

  @Test
  void everyBackendThreadCountAndBatchSplitGivesTheSameBits() {
    float[] expected = expected(layers.layers(), input);
    for (BackendProvider provider : Backends.providers()) {
      if (provider.availability() instanceof Availability.Ready(List<Device> devices, var _)) {
        for (Device device : devices) {
          // Without a width the reference would serve so small a network.
          String id = provider.name().equals("vector") ? "256" : device.id();
          String name = provider.name() + (id.isEmpty() ? "" : ":" + id);
          for (int threads : new int[] {1, 2, 5}) {
            requireEqual(expected, name, threads);
          }
        }
      }
    }
  }

  private void requireEqual(float[] expected, String name, int threads) {
    try (Backend backend = Backends.open(name, threads);
        Network network = layers.open(NetworkOptions.on(backend))) {
      for (int batch : new int[] {BATCH, 1, 8}) {
        assertThat(split(network, batch))
            .as("%s, %d threads, batches of %d", name, threads, batch)
            .isEqualTo(expected);
      }
    }
  }

  private float[] split(Network network, int batch) {
    float[] all = {};
    for (int first = 0; first < BATCH; first += batch) {
      int last = Math.min(BATCH, first + batch);
      float[] part = Arrays.copyOfRange(input, first * FEATURES, last * FEATURES);
      float[] outputs = run(network, part, FEATURES);
      all = Arrays.copyOf(all, all.length + outputs.length);
      System.arraycopy(outputs, 0, all, all.length - outputs.length, outputs.length);
    }
    return all;
  }

  @Test
  void manyThreadsMayShareANetwork() {
    float[] expected = expected(layers.layers(), input);
    try (Network network = layers.open(NetworkOptions.dense())) {
      assertThat(IntStream.range(0, 64).parallel().mapToObj(_ -> run(network, input, FEATURES)))
          .allSatisfy(output -> assertThat(output).isEqualTo(expected));
    }
  }

  @Test
  void aWrittenNetworkGivesTheSameBits() throws IOException {
    Path path = folder.resolve("network.safetensors");
    layers.write(path, IfExists.REFUSE);
    try (Network network = Network.open(path)) {
      assertThat(run(network, input, FEATURES)).isEqualTo(expected(layers.layers(), input));
    }
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void everyActivationHasItsBits(Activation activation) {
    float[] samples = Arrays.copyOf(input, 4 * FEATURES);
    Arrays.fill(samples, FEATURES, 2 * FEATURES, -0f);
    samples[2 * FEATURES] = Float.NaN;
    try (Sequential one =
            new Sequential(List.of(layer(9, FEATURES, new Code.Symmetric(4), activation)));
        Network network = one.open(NetworkOptions.dense())) {
      assertThat(run(network, samples, FEATURES)).isEqualTo(expected(one.layers(), samples));
    }
  }

  @Test
  void aLayerMayHaveNoBias() {
    Linear first = layers.layers().getFirst();
    var plain = new Sequential(List.of(Linear.of(first.weights())));
    try (Network network = plain.open(NetworkOptions.dense())) {
      assertThat(run(network, input, FEATURES)).isEqualTo(expected(plain.layers(), input));
    }
  }

  @Test
  void badInputIsRefusedInOneSentence() {
    try (Network network = layers.open(NetworkOptions.dense())) {
      Tensor narrow = Tensor.of(new int[] {1, 71}, Arrays.copyOf(input, 71));
      assertThatThrownBy(() -> network.run(narrow))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input input is FLOAT[1, 71], expected FLOAT[batch, 70]");
    }
  }

  @Test
  void layersThatDoNotFitAreRefused() {
    List<Linear> reversed = layers.layers().reversed();
    assertThatThrownBy(() -> new Sequential(reversed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer 1 has 40 columns, layer 0 has 5 rows");
    assertThatThrownBy(() -> new Sequential(List.of()))
        .hasMessage("a plan needs at least one layer");
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    Path path = folder.resolve("network.safetensors");
    layers.write(path, IfExists.REFUSE);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 1] ^= 1;
    Files.write(path, bytes);
    assertThatThrownBy(() -> Network.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void aMissingFileIsRefused() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> Network.open(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
  }
}
