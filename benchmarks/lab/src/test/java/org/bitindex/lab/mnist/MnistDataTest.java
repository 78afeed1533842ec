package org.bitindex.lab.mnist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MnistDataTest {
  @TempDir private Path folder;

  /** 160 and 40 digits; see LICENSE.md beside them. */
  static Path committedDigits() {
    return Path.of("src/test/resources/mnist");
  }

  @Test
  void theOriginalFilesAreRead() throws IOException {
    MnistData data = MnistData.read(committedDigits());
    assertThat(data.training().count()).isEqualTo(160);
    assertThat(data.heldOut().count()).isEqualTo(40);
    for (int n = 0; n < 40; n++) {
      assertThat(data.heldOut().labels()[n]).isEqualTo(n % 10);
    }
    float sum = 0;
    for (float pixel : data.training().batch()) {
      assertThat(pixel).isBetween(0f, 1f);
      sum += pixel;
    }
    assertThat(sum / (160 * MnistData.PIXELS)).isBetween(0.1f, 0.2f);
  }

  @Test
  void theFilesOfTheNpmPackageAreReadAndSplitByIndex() throws IOException {
    for (int digit = 0; digit < 10; digit++) {
      writeJson(digit, 203, digit / 10.0);
    }
    MnistData data = MnistData.read(folder);
    assertThat(data.training().count()).isEqualTo(30);
    assertThat(data.heldOut().count()).isEqualTo(2000);
    assertThat(data.training().labels()).startsWith(0, 0, 0, 1).endsWith(8, 9, 9, 9);
    // 0.9 of 255 is 229.5: pixels are bytes again.
    assertThat(data.heldOut().inputs()[1999]).containsOnly(230 / 255f);
  }

  private void writeJson(int digit, int images, double pixel) throws IOException {
    String pixels =
        String.join(",", Collections.nCopies(images * MnistData.PIXELS, String.valueOf(pixel)));
    Files.writeString(folder.resolve(digit + ".json"), "{\"data\": [" + pixels + "]}");
  }

  @Test
  void missingDataIsOneSentence() {
    assertThatThrownBy(() -> MnistData.read(folder))
        // Others of this family get words of their own on the command line.
        .isExactlyInstanceOf(IOException.class)
        .hasMessage(folder + " holds neither 0.json to 9.json nor train-images-idx3-ubyte");
  }

  @Test
  void damagedJsonIsOneSentence() throws IOException {
    Path file = folder.resolve("0.json");
    Files.writeString(file, "{\"data\": [0, 1, 0.5]}");
    assertThatThrownBy(() -> MnistData.read(folder))
        .hasMessage(file + " holds 0 images of 784 pixels and 3 pixels more");
    Files.writeString(file, "{\"data\": [2]}");
    assertThatThrownBy(() -> MnistData.read(folder))
        .hasMessage(file + " holds pixel 2.0, allowed are 0 to 1");
    Files.writeString(file, "{\"data\": [0, oops");
    assertThatThrownBy(() -> MnistData.read(folder)).hasMessageStartingWith(file + " is not valid");
    Files.writeString(file, "");
    assertThatThrownBy(() -> MnistData.read(folder)).hasMessageStartingWith(file + " holds 0");
  }

  @Test
  void damagedIdxFilesAreOneSentence() throws IOException {
    Path file = folder.resolve("train-images-idx3-ubyte");
    writeInts(file, 7, 1, 28, 28);
    assertThatThrownBy(() -> MnistData.read(folder))
        .hasMessage(file + " starts with 0x7, not 0x803");
    writeInts(file, 0x803, -1, 28, 28);
    assertThatThrownBy(() -> MnistData.read(folder)).hasMessage(file + " says it holds -1 items");
    writeInts(file, 0x803, 1, 28, 29);
    assertThatThrownBy(() -> MnistData.read(folder))
        .hasMessage(file + " holds images of 28 x 29 pixels");
    writeInts(file, 0x803, 1, 28, 28);
    assertThatThrownBy(() -> MnistData.read(folder))
        .hasMessage(file + " is shorter than its header says");
  }

  private static void writeInts(Path file, int... values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    for (int value : values) {
      bytes.putInt(value);
    }
    Files.write(file, bytes.array());
  }
}
