package org.bitindex.internal;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Files that are mapped for reading, and whether they are still what they were: of a file that is
 * cut short the last page reads as zeros, and a file that is written over reads as anything.
 */
public final class Mapping {
  private static final Set<Mapping> OPEN = ConcurrentHashMap.newKeySet();

  private final Path path;
  private final BasicFileAttributes mapped;
  private final WeakReference<MemorySegment.Scope> scope;

  private Mapping(Path path, BasicFileAttributes mapped, MemorySegment.Scope scope) {
    this.path = path;
    this.mapped = mapped;
    this.scope = new WeakReference<>(scope);
  }

  /**
   * Maps a whole file, as long as {@code arena} lives.
   *
   * @throws IOException as the operating system says it, or if {@code path} is no regular file
   */
  public static MemorySegment map(Path path, Arena arena) throws IOException {
    // A pipe would block for ever, and cannot be mapped.
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException("not a regular file");
    }
    try (var channel = FileChannel.open(path, StandardOpenOption.READ)) {
      var attributes = Files.readAttributes(path, BasicFileAttributes.class);
      var data = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      OPEN.removeIf(mapping -> !mapping.isOpen());
      OPEN.add(new Mapping(path, attributes, arena.scope()));
      return data;
    }
  }

  /**
   * Checks all files that are mapped now.
   *
   * @throws IOException naming the first that was cut short or written over in place; another file
   *     of its name, or none, does no harm
   */
  public static void requireUnchanged() throws IOException {
    for (Mapping mapping : OPEN) {
      if (mapping.isOpen()) {
        mapping.require();
      }
    }
  }

  private boolean isOpen() {
    MemorySegment.Scope living = scope.get();
    return living != null && living.isAlive();
  }

  private void require() throws IOException {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException _) {
      return; // the mapping keeps the bytes of a file that was removed
    }
    if (Objects.equals(now.fileKey(), mapped.fileKey())) {
      if (now.size() < mapped.size()) {
        throw new IOException(path + " was cut short while it was read");
      }
      if (!now.lastModifiedTime().equals(mapped.lastModifiedTime())) {
        throw new IOException(path + " was changed while it was read");
      }
    }
  }
}
