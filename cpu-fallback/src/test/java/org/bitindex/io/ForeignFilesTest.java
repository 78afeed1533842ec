package org.bitindex.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of no format that is read are named by how they begin. */
class ForeignFilesTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version https://git-lfs.github.com/spec/v1 | x.npy | is a git-lfs pointer, not the file"
            + " itself; fetch that with 'git lfs pull'",
        "<!DOCTYPE html> | x.npy | is an HTML page, not a model; the download went wrong",
        "<HTML> | x.gguf | is an HTML page, not a model; the download went wrong",
        "<?xml version='1.0'?> | x.npy | is an XML page, not a model; the download went wrong",
        "'PK\u0003\u0004' | x.npy | is a zip archive, as of numpy.savez or torch.save; save single"
            + " arrays as .npy or tensors as .safetensors",
        "'\u001f\u008b' | x.npy | is compressed with gzip; unpack it first",
        "'\u0080\u0002' | x.npy | is a Python pickle; save its tensors as .safetensors",
        "'\u0089HDF\r\n' | x.npy | is an HDF5 file; save its tensors as .safetensors",
        "GGUF | x.npy | is a GGUF file; give it a name that ends in .gguf",
        "GGUF | x.gguf | ends inside version, at byte 4",
        "\u00ef\u00bb\u00bf1 | x.smtx | begins with a byte order mark (BOM); save it without",
        "\u00ef\u00bb | x.npy | is not a .npy file (no NUMPY magic)",
      })
  void areNamed(String start, String name, String message) throws IOException {
    Path path = Files.write(folder.resolve(name), start.getBytes(ISO_8859_1));
    assertThatThrownBy(() -> DenseFile.open(path))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(path + ": " + message);
  }
}
