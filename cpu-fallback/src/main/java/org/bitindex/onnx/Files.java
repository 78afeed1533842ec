package org.bitindex.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.bitindex.internal.Mapping;

/** Mapped files, and text from them that fits a one-line message. */
final class Files {
  private static final int MAX_LENGTH = 120;

  private Files() {}

  /** Maps a file for reading, as long as {@code arena} lives. */
  static MemorySegment map(Path path, Arena arena) throws IOException {
    try {
      return Mapping.map(path, arena);
    } catch (NoSuchFileException e) {
      throw missing(path, e);
    } catch (IOException e) {
      throw new IOException("cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  /** The path with all links followed. */
  static Path real(Path path) throws IOException {
    try {
      return path.toRealPath();
    } catch (NoSuchFileException e) {
      throw missing(path, e);
    }
  }

  private static IOException missing(Path path, NoSuchFileException cause) {
    return new IOException("cannot read " + path + ": no such file or directory", cause);
  }

  /** Control characters replaced, cut if long. */
  static String printable(String text) {
    String cut = text.length() <= MAX_LENGTH ? text : text.substring(0, MAX_LENGTH) + "...";
    return cut.replaceAll("\\p{Cntrl}", "?");
  }
}
