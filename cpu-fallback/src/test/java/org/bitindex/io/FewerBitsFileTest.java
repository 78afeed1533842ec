package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of which fewer bits are used than they have, and files that have fewer than they say. */
class FewerBitsFileTest {
  @TempDir Path folder;

  private final List<EncodedMatrix> matrices =
      List.of(
          encoded(new Code.Affine(8), 1),
          encoded(new Code.Symmetric(5), 2),
          encoded(new Code.Ternary(-0.3f, 0.2f), 3));
  private Path path = Path.of("");

  private static EncodedMatrix encoded(Code code, long seed) {
    DenseMatrix weights = SampleModels.weights(8, 300, seed);
    return new Encoder(code, ScaleMode.ROW, new Layout.Adaptive(3), 1).encode(weights);
  }

  @BeforeEach
  void write() throws IOException {
    path = folder.resolve("model.safetensors");
    var writer = new ModelWriter();
    for (int i = 0; i < matrices.size(); i++) {
      writer.add("m" + i, matrices.get(i));
    }
    writer.add(NamedTensor.of("bias", List.of(2L), 1f, 2f)).write(path, IfExists.REFUSE);
  }

  @AfterEach
  void close() {
    matrices.forEach(EncodedMatrix::close);
  }

  @Test
  void ofEachMatrixTheFirstBitsAreUsed() throws IOException {
    for (int bits = 2; bits <= 8; bits++) {
      requireBits(path, bits);
    }
    assertThatThrownBy(() -> ModelFile.open(path, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(path + ": matrix m1: bits is 1, allowed are 2 to the 5 of its symmetric code");
    assertThatThrownBy(() -> ModelFile.open(path, 9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(path + ": bits is 9, but no matrix has more than 8");
  }

  @Test
  void whatIsStoredOfOtherBitsIsNotRead() throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 1] ^= 64; // of the last plane, as planes lie in the order of bits
    Files.write(path, bytes);
    requireBits(path, 7);
    try (ModelFile whole = ModelFile.open(path)) {
      assertThatThrownBy(whole::verify).hasMessageContaining("m0.bie.plane7: checksum is");
    }
  }

  @Test
  void aFileThatEndsEarlyCanBeUsedWithTheBitsThatAreWhole() throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    int whole = 8;
    for (int length = bytes.length - 1; whole > 0; length -= 7) {
      Path cut = Files.write(folder.resolve("cut.safetensors"), Arrays.copyOf(bytes, length));
      String message = sentence(cut);
      int named =
          message.endsWith("header declares") ? 0 : message.charAt(message.length() - 1) - '0';
      assertThat(named).isBetween(0, whole);
      assertThat(message).startsWith(cut + ": is cut short: it has ");
      if (named < whole) {
        whole = named;
        if (whole > 0) {
          assertThat(message)
              .endsWith(
                  "; its first %d bits of each weight are whole: --use-bits %d"
                      .formatted(whole, whole));
          requireBits(cut, whole);
          int more = whole + 1;
          assertThatThrownBy(() -> ModelFile.open(cut, more)).hasMessage(message);
        }
      }
    }
  }

  private static String sentence(Path cut) {
    try (ModelFile file = ModelFile.open(cut)) {
      throw new AssertionError(file.path() + " is not whole");
    } catch (EncodedFormatException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A file of fewer bits gives the weights of the matrices that were written, of fewer bits. */
  private void requireBits(Path file, int bits) throws IOException {
    try (ModelFile model = ModelFile.open(file, bits)) {
      model.verify();
      assertThat(model.tensor("bias").floats()).containsExactly(1f, 2f);
      for (int i = 0; i < matrices.size(); i++) {
        EncodedMatrix all = matrices.get(i);
        EncodedMatrix expected =
            all.code().leastBits() < all.code().bits() && bits < all.code().bits()
                ? all.withBits(bits)
                : all;
        EncodedMatrix actual = model.matrix("m" + i);
        assertThat(actual.code()).isEqualTo(expected.code());
        float[] row = new float[all.columns()];
        float[] expectedRow = new float[all.columns()];
        for (int r = 0; r < all.rows(); r++) {
          actual.readRow(r, row);
          expected.readRow(r, expectedRow);
          assertThat(row).isEqualTo(expectedRow);
        }
      }
    }
  }
}
