package org.bitindex.cli.text;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text that people give to a command. */
public final class TextFile {
  private TextFile() {}

  /**
   * All of a file in UTF-8.
   *
   * @throws IOException with a sentence if the file is no such text
   */
  public static String read(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new IOException(file + " is not UTF-8 text", e);
    }
  }
}
