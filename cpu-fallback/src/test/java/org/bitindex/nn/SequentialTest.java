package org.bitindex.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Device;
import org.bitindex.backend.Linear;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SequentialTest {
  private static final int BATCH = 37;

  private final Random random = new Random(3);
  private final List<Linear> layers =
      List.of(
          layer(40, 70, new Code.Symmetric(4), Activation.RELU),
          layer(30, 40, new Code.Binary(0), Activation.RELU),
          layer(5, 30, new Code.Affine(3), Activation.NONE));
  private final float[] input = gaussian(BATCH * 70);

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
    layers.forEach(layer -> layer.weights().close());
  }

  private float[] expected() {
    try (Sequential network = new Sequential(layers, new ScalarBackend(), 24)) {
      return network.apply(input);
    }
  }

  @Test
  void everyBackendThreadCountAndBatchSplitGivesTheSameBits() {
    float[] expected = expected();
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
        Sequential network = new Sequential(layers, backend, 24)) {
      assertThat(network.apply(input)).as("%s, %d threads", name, threads).isEqualTo(expected);
      for (int batch : new int[] {1, 8}) {
        assertThat(split(network, batch))
            .as("%s, %d threads, batches of %d", name, threads, batch)
            .isEqualTo(expected);
      }
    }
  }

  private float[] split(Sequential network, int batch) {
    float[] all = new float[BATCH * network.outputColumns()];
    for (int first = 0; first < BATCH; first += batch) {
      int last = Math.min(BATCH, first + batch);
      float[] outputs = network.apply(Arrays.copyOfRange(input, first * 70, last * 70));
      System.arraycopy(outputs, 0, all, first * network.outputColumns(), outputs.length);
    }
    return all;
  }

  @Test
  void manyThreadsMayShareANetwork() {
    float[] expected = expected();
    try (Sequential network = Sequential.open(layers)) {
      assertThat(IntStream.range(0, 64).parallel().mapToObj(_ -> network.apply(input)))
          .allSatisfy(output -> assertThat(output).isEqualTo(expected));
    }
  }

  @Test
  void badInputIsRefusedInOneSentence() {
    try (Sequential network = Sequential.open(layers)) {
      assertThatThrownBy(() -> network.apply(new float[0]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("input has 0 floats, expected one or more samples of 70");
      assertThatThrownBy(() -> network.apply(Arrays.copyOf(input, 71)))
          .hasMessage("input has 71 floats, expected one or more samples of 70");
    }
  }

  @Test
  void layersThatDoNotFitAreRefused() {
    List<Linear> reversed = layers.reversed();
    assertThatThrownBy(() -> Sequential.open(reversed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("layer 1 has 40 columns, layer 0 has 5 rows");
    assertThatThrownBy(() -> Sequential.open(List.of()))
        .hasMessage("a plan needs at least one layer");
  }

  @Test
  void aClosedNetworkSaysSo() {
    Sequential network = Sequential.open(layers);
    network.close();
    assertThatThrownBy(() -> network.apply(input))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the plan is closed");
  }
}
