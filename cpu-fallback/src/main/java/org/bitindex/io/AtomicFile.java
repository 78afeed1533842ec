package org.bitindex.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.FileErrors;
import org.bitindex.internal.Mapping;
import org.bitindex.io.format.MappedFile;
import org.bitindex.io.format.SegmentOutput;
import org.jspecify.annotations.Nullable;

/**
 * Writes a file whole or not at all: into a temporary file beside it, to the disk, read again by
 * the format's own reader, then renamed; unless a file that is mapped, from which it may be made,
 * was changed meanwhile. Where the path is a symbolic link, the file that it leads to is written,
 * and the link stays.
 */
public final class AtomicFile {
  /** The most links from one to the next, as in Linux. */
  private static final int MAX_LINKS = 40;

  private AtomicFile() {}

  /** Writes the contents. */
  @FunctionalInterface
  interface Body {
    void writeTo(SegmentOutput output) throws IOException;
  }

  /**
   * Writes bytes of no format of this package, such as text.
   *
   * @throws IOException naming the path and the reason; nothing is left behind
   */
  public static void write(Path path, IfExists ifExists, byte[] bytes) throws IOException {
    write(path, ifExists, output -> output.write(bytes), null);
  }

  /**
   * Writes {@code path}.
   *
   * @param check reads what was written, before anybody else can; nothing does if null
   * @throws IllegalArgumentException if {@code check} refuses it
   * @throws IOException naming the path and the reason, such as a mapped file that was cut short;
   *     nothing is left behind
   */
  static void write(Path path, IfExists ifExists, Body body, MappedFile.@Nullable Reader<?> check)
      throws IOException {
    try {
      Path file = target(path);
      Path temporary = temporary(file);
      requireFree(file, ifExists);
      // finally does not run when the user interrupts the program.
      var interrupted = new Thread(() -> temporary.toFile().delete());
      Runtime.getRuntime().addShutdownHook(interrupted);
      try {
        writeThrough(temporary, body);
        if (check != null) {
          MappedFile.check(temporary, path, check);
        }
        Mapping.requireUnchanged();
        requireFree(file, ifExists);
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(temporary);
        Runtime.getRuntime().removeShutdownHook(interrupted);
      }
    } catch (InternalError e) {
      throw FileErrors.sourceCutShort(path, e);
    } catch (EncodedFormatException e) {
      throw new IllegalArgumentException("cannot write " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.explain("write", path, e);
    }
  }

  /** A name beside {@code path} for a file on its way, short enough wherever {@code path} is. */
  static Path temporary(Path path) {
    return path.resolveSibling(".bie-" + UUID.randomUUID());
  }

  /** Where symbolic links lead, to a file that need not exist yet. */
  private static Path target(Path path) throws IOException {
    Path target = path;
    for (int links = 0; Files.isSymbolicLink(target); links++) {
      if (links == MAX_LINKS) {
        throw new IOException("too many levels of symbolic links");
      }
      target = target.resolveSibling(Files.readSymbolicLink(target));
    }
    return target;
  }

  private static void requireFree(Path path, IfExists ifExists) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a directory");
    }
    // Renaming would replace a device such as /dev/null by a file.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException("it is not a regular file");
    }
    if (ifExists == IfExists.REFUSE && Files.exists(path)) {
      throw new FileAlreadyExistsException(path.toString(), null, "the file exists");
    }
  }

  private static void writeThrough(Path temporary, Body body) throws IOException {
    try (var channel =
            FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        var output = new SegmentOutput(channel)) {
      body.writeTo(output);
      output.flush();
      channel.force(true);
    }
  }
}
