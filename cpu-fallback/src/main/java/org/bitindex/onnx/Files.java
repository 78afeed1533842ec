package org.bitindex.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.bitindex.internal.FileErrors;
import org.bitindex.internal.Mapping;

/** Mapped files. */
final class Files {
  private Files() {}

  /** Maps a file for reading, as long as {@code arena} lives. */
  static MemorySegment map(Path path, Arena arena) throws IOException {
    try {
      return Mapping.map(path, arena);
    } catch (IOException e) {
      throw FileErrors.explain("read", path, e);
    }
  }

  /** The path with all links followed. */
  static Path real(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (IOException e) {
      throw FileErrors.explain("read", path, e);
    }
  }
}
