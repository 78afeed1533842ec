package org.bitindex.io.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.FileErrors;
import org.bitindex.internal.Mapping;
import org.bitindex.internal.Printable;

/** The bytes of one file, mapped for reading, and the errors about them. */
public final class MappedFile implements AutoCloseable {
  private final Path path;
  private final Arena arena;
  private final MemorySegment data;

  /** A file over bytes that {@code arena} keeps; closing the file closes the arena. */
  public MappedFile(Path path, Arena arena, MemorySegment data) {
    this.path = path;
    this.arena = arena;
    this.data = data;
  }

  /** What a format makes of a file's bytes. */
  @FunctionalInterface
  public interface Reader<T> {
    T read(MappedFile file) throws IOException;
  }

  /**
   * Maps {@code path} and reads it; the mapping lives on in the result, or is released on failure.
   */
  public static <T> T open(Path path, Reader<T> reader) throws IOException {
    MappedFile file = map(path);
    try {
      return read(file, reader);
    } catch (Throwable t) {
      file.close();
      throw t;
    }
  }

  /**
   * Lets {@code reader} read a file and forgets what it made of it.
   *
   * @param name the path that messages name
   */
  public static void check(Path path, Path name, Reader<?> reader) throws IOException {
    try (MappedFile mapped = map(path)) {
      read(new MappedFile(name, mapped.arena, mapped.data), reader);
    }
  }

  private static <T> T read(MappedFile file, Reader<T> reader) throws IOException {
    try {
      Foreign.refuse(file);
      return reader.read(file);
    } catch (InternalError e) {
      throw file.cutShort(e);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // the result owns the arena
  private static MappedFile map(Path path) throws IOException {
    Arena arena = Arena.ofShared();
    try {
      return new MappedFile(path, arena, Mapping.map(path, arena));
    } catch (IOException e) {
      arena.close();
      throw FileErrors.explain("read", path, e);
    }
  }

  public Path path() {
    return path;
  }

  public MemorySegment data() {
    return data;
  }

  /** Bytes of the file. */
  public long size() {
    return data.byteSize();
  }

  /** Memory that is released with the file. */
  public MemorySegment allocate(long bytes) {
    return arena.allocate(bytes, Long.BYTES);
  }

  /** An error about this file's bytes. */
  public EncodedFormatException bad(String message) {
    return new EncodedFormatException(path + ": " + message);
  }

  /** An error about one of this file's tensors. */
  public EncodedFormatException bad(String tensor, String message) {
    return bad("tensor " + Printable.of(tensor) + ": " + message);
  }

  /** What the JVM's error about a mapped page that is gone means. */
  public EncodedFormatException cutShort(InternalError e) {
    return new EncodedFormatException(path + ": was cut short while it was read", e);
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
