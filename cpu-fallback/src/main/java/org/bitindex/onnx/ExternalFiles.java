package org.bitindex.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Printable;

/** Files in the folder of a model or below it, each mapped once. */
final class ExternalFiles implements ExternalData {
  private final Path model;
  private final Arena arena;
  private final Map<Path, MemorySegment> mapped = new HashMap<>();

  ExternalFiles(Path model, Arena arena) {
    this.model = model;
    this.arena = arena;
  }

  @Override
  public MemorySegment find(String tensor, String location, long offset, long length)
      throws IOException {
    Path path = inside(tensor, location);
    MemorySegment file = mapped.get(path);
    if (file == null) {
      file = Files.map(path, arena);
      mapped.put(path, file);
    }
    long size = file.byteSize();
    if (offset < 0 || offset > size || length < -1 || length > size - offset) {
      throw bad(
          tensor,
          "has bytes %d to %s of %s, which has %d"
              .formatted(offset, length < 0 ? "its end" : offset + " + " + length, path, size));
    }
    return file.asSlice(offset, length < 0 ? size - offset : length);
  }

  /** The file of a location, with all links followed. */
  private Path inside(String tensor, String location) throws IOException {
    if (location.isEmpty()) {
      throw bad(tensor, "lies in another file, but in which is not said");
    }
    Path path;
    try {
      path = Path.of(location);
    } catch (InvalidPathException _) {
      throw bad(tensor, "lies in " + Printable.of(location) + ", which is no path");
    }
    Path folder = model.toAbsolutePath().normalize().getParent();
    if (folder == null
        || path.isAbsolute()
        || !folder.resolve(path).normalize().startsWith(folder)) {
      throw bad(tensor, "lies in " + Printable.of(location) + ", outside the model's folder");
    }
    Path file = folder.resolve(path).normalize();
    Path real = Files.real(file);
    if (!real.startsWith(Files.real(folder))) {
      throw bad(tensor, "lies in " + Printable.of(location) + ", outside the model's folder");
    }
    if (!java.nio.file.Files.isRegularFile(real)) {
      throw bad(tensor, "lies in " + Printable.of(location) + ", which is not a regular file");
    }
    return real;
  }

  private EncodedFormatException bad(String tensor, String message) {
    return new EncodedFormatException(model + ": tensor " + Printable.of(tensor) + " " + message);
  }
}
