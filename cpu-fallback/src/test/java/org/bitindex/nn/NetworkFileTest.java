package org.bitindex.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.graph.Network;
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

class NetworkFileTest {
  @TempDir private Path folder;

  private final EncodedMatrix first = encode(3, 2, 1, -2, 0, 4, 5, 6);
  private final EncodedMatrix last = encode(2, 3, 3, -1, 2, 0, 1, -7);
  private final List<Linear> layers =
      List.of(new Linear(first, new float[] {1, 2, 3}, Activation.RELU), Linear.of(last));

  private static EncodedMatrix encode(int rows, int columns, float... weights) {
    return new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Adaptive(), 1)
        .encode(DenseMatrix.of(rows, columns, weights));
  }

  @AfterEach
  void closeMatrices() {
    first.close();
    last.close();
  }

  /** From input to output through a file's graph. */
  private static float[] run(Path path, float[] input) throws IOException {
    try (Network network = Network.open(path)) {
      Tensor x = Tensor.of(new int[] {input.length / 2, 2}, input);
      return network.run(Map.of("input", x)).firstEntry().getValue().floats();
    }
  }

  @Test
  void aWrittenNetworkGivesTheSameBits() throws IOException {
    Path path = folder.resolve("network.safetensors");
    NetworkFile.write(path, layers, IfExists.REFUSE);
    float[] input = {0.5f, -1, 3, 0.25f};
    try (Sequential written = Sequential.open(layers)) {
      assertThat(run(path, input)).isEqualTo(written.apply(input));
    }
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    Path path = folder.resolve("network.safetensors");
    NetworkFile.write(path, layers, IfExists.REFUSE);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 1] ^= 1;
    Files.write(path, bytes);
    assertThatThrownBy(() -> Network.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void layersThatDoNotFitAreRefused() {
    Path path = folder.resolve("network.safetensors");
    List<Linear> twice = List.of(layers.getFirst(), layers.getFirst());
    assertThatThrownBy(() -> NetworkFile.write(path, twice, IfExists.REFUSE))
        .hasMessage("layer 1 has 2 columns, layer 0 has 3 rows");
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void everyActivationHasItsBits(Activation activation) throws IOException {
    Path path = folder.resolve("network.safetensors");
    List<Linear> one = List.of(new Linear(first, new float[] {1, -2, 3}, activation));
    NetworkFile.write(path, one, IfExists.REFUSE);
    float[] input = {0.5f, -1, -3, 0.25f, 0, -0f, Float.NaN, 1};
    try (Sequential network = Sequential.open(one)) {
      assertThat(run(path, input)).isEqualTo(network.apply(input));
    }
  }

  @Test
  void aMissingFileIsRefused() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> Network.open(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
  }
}
