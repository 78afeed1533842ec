package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.bitindex.matrix.DenseMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thread that is interrupted reads and writes no file, and says so. */
class InterruptedFilesTest {
  @TempDir private Path folder;

  @Test
  void writingIsRefusedAndLeavesNothing() {
    Path file = folder.resolve("weights.npy");
    DenseMatrix weights = DenseMatrix.of(1, 1, 1f);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> NpyFile.write(file, weights, IfExists.REFUSE))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot write " + file + ": interrupted");
    assertThat(Thread.interrupted()).isTrue();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void readingIsRefused() throws IOException {
    Path file = folder.resolve("weights.npy");
    NpyFile.write(file, DenseMatrix.of(1, 1, 1f), IfExists.REFUSE);
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> NpyFile.open(file))
        .isInstanceOf(IOException.class)
        .hasMessage("cannot read " + file + ": interrupted");
    assertThat(Thread.interrupted()).isTrue();
  }
}
