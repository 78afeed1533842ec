package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SmtxFileTest {
  @TempDir Path folder;

  @Test
  void readsAPatternAsOnes() throws Exception {
    Path path = write("3, 4, 4\n0 2 2 4 \n0 3 1 2 \n");
    try (DenseFile file = DenseFile.open(path)) {
      assertThat(file.tensors()).isEmpty();
      assertThat(Rows.of(file.matrix("a")))
          .isDeepEqualTo(new float[][] {{1, 0, 0, 1}, {0, 0, 0, 0}, {0, 1, 1, 0}});
      float[] used = {7, 7, 7, 7, 7};
      file.matrix("a").readRow(1, used);
      assertThat(used).containsExactly(0, 0, 0, 0, 7);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3, 4 | file ends before nonzeros",
        "-3, 4, 4 | byte 0 is 0x2d, expected rows",
        "99999999999, 4, 4 | rows is",
        "2000000000, 4, 2000000000 | do not fit a file",
        "2, 4, 4 0 2 3 0 1 2 | 2 rows and 4 nonzeros do not fit a file of 19 bytes",
        "1, 4, 1 1 1 0 | row offset 0 is 1, below 0",
        "2, 4, 1 0 1 0 3 | row offset 2 is 0, below 1",
        "1, 4, 1 0 0 3 | row offsets end at 0, expected 1",
        "1, 4, 1 0 1 4 | column index is 4 or more, expected at most 3",
        "1, 4, 2 0 2 3 1 | column index 1 is 1, expected at least 4 after 3 in its row",
        "2, 4, 3 0 1 3 3 1 1 | column index 2 is 1, expected at least 2 after 1 in its row",
        "1, 4, 1 0 1 3 7 | follows the last column index"
      })
  void refusesBadFilesInOneSentence(String text, String message) throws Exception {
    Path path = write(text);
    assertThatThrownBy(() -> SmtxFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageStartingWith(path + ": ")
        .hasMessageContaining(message);
  }

  private Path write(String text) throws Exception {
    return Files.writeString(folder.resolve("a.smtx"), text);
  }
}
