package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of old versions stay readable. The file was written by the first release that had the
 * version, its list of decoded matrices by {@code docs/read_bie.py}.
 */
class GoldenFileTest {
  @TempDir Path folder;

  @Test
  void versionOneReadsAsItDidWhenItWasWritten() throws Exception {
    try (ModelFile file = ModelFile.open(resource("model-v1.safetensors"))) {
      file.verify();
      List<String> decoded =
          file.matrices().entrySet().stream()
              .map(entry -> SampleModels.fingerprint(entry.getKey(), entry.getValue()))
              .toList();
      assertThat(decoded).isEqualTo(Files.readAllLines(resource("model-v1.txt")));
      assertThat(file.tensor("m0.bias").floats()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
      assertThat(file.metadata()).containsEntry("source", "random").hasSize(1);
    }
  }

  @Test
  void writingItAgainGivesTheSameBytes() throws Exception {
    Path original = resource("model-v1.safetensors");
    Path copy = folder.resolve("copy.safetensors");
    try (ModelFile file = ModelFile.open(original)) {
      var writer = new ModelWriter();
      file.metadata().forEach(writer::metadata);
      file.matrices().forEach(writer::add);
      file.tensors().values().forEach(writer::add);
      writer.write(copy, IfExists.REFUSE);
    }
    assertThat(copy).hasSameBinaryContentAs(original);
  }

  private static Path resource(String name) throws Exception {
    URL url = Objects.requireNonNull(GoldenFileTest.class.getResource(name));
    return Path.of(url.toURI());
  }
}
