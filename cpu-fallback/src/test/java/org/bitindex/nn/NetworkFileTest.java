package org.bitindex.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelLayer;
import org.bitindex.io.ModelWriter;
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

  @Test
  void aWrittenNetworkGivesTheSameBits() throws IOException {
    Path path = folder.resolve("network.safetensors");
    NetworkFile.write(path, layers, IfExists.REFUSE);
    float[] input = {0.5f, -1, 3, 0.25f};
    try (Sequential written = Sequential.open(layers);
        Sequential read = Sequential.open(path)) {
      assertThat(read.apply(input)).isEqualTo(written.apply(input));
      assertThat(read.layers().getFirst().activation()).isEqualTo(Activation.RELU);
      assertThat(read.layers().getLast().bias()).isNull();
    }
  }

  @Test
  void aDamagedFileIsRefused() throws IOException {
    Path path = folder.resolve("network.safetensors");
    NetworkFile.write(path, layers, IfExists.REFUSE);
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 1] ^= 1;
    Files.write(path, bytes);
    assertThatThrownBy(() -> Sequential.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageContaining(path.toString());
  }

  @Test
  void layersThatDoNotFitAreRefusedByBothSides() throws IOException {
    Path path = folder.resolve("network.safetensors");
    List<Linear> twice = List.of(layers.getFirst(), layers.getFirst());
    assertThatThrownBy(() -> NetworkFile.write(path, twice, IfExists.REFUSE))
        .hasMessage("layer 1 has 2 columns, layer 0 has 3 rows");
    new ModelWriter()
        .add("w", first)
        .add(new ModelLayer("w", null, "none"))
        .add(new ModelLayer("w", null, "none"))
        .write(path, IfExists.REFUSE);
    assertThatThrownBy(() -> Sequential.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(path + ": layer 1 has 2 columns, layer 0 has 3 rows");
  }

  @Test
  void aFileWithoutLayersOrWithAnUnknownActivationIsRefused() throws IOException {
    Path none = folder.resolve("none.safetensors");
    new ModelWriter().add("w", first).write(none, IfExists.REFUSE);
    assertThatThrownBy(() -> Sequential.open(none))
        .hasMessage(none + ": a plan needs at least one layer");
    Path gelu = folder.resolve("gelu.safetensors");
    var writer = new ModelWriter().add("w", first).add(new ModelLayer("w", null, "gelu"));
    assertThatThrownBy(() -> writer.write(gelu, IfExists.REFUSE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("cannot write " + gelu + ": layer 0: there is no activation gelu");
    assertThat(gelu).doesNotExist();
  }

  @ParameterizedTest
  @EnumSource(Activation.class)
  void everyActivationCanBeWritten(Activation activation) throws IOException {
    Path path = folder.resolve("network.safetensors");
    NetworkFile.write(path, List.of(new Linear(first, null, activation)), IfExists.REFUSE);
    try (ModelFile file = ModelFile.open(path)) {
      assertThat(NetworkFile.layers(file).getFirst().activation()).isEqualTo(activation);
    }
  }

  @Test
  void aMissingFileIsRefused() {
    Path missing = folder.resolve("missing.safetensors");
    assertThatThrownBy(() -> Sequential.open(missing))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(missing.toString());
  }
}
