package org.bitindex.io;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.format.FileErrors;
import org.bitindex.io.format.MappedFile;
import org.bitindex.io.format.NpyHeader;
import org.bitindex.matrix.Tensor;

/** Arrays in a .npz file: a zip of .npy files, as NumPy's {@code savez} writes it. */
public final class NpzFile {
  private static final String EXTENSION = ".npy";

  private NpzFile() {}

  /**
   * Reads all arrays, by name and in the file's order.
   *
   * @throws EncodedFormatException if the bytes do not follow the format, naming file and array
   * @throws IOException if the file cannot be read
   */
  public static SequencedMap<String, Tensor> read(Path path) throws IOException {
    SequencedMap<String, Tensor> arrays = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(path.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String name = entry.getName();
        if (name.endsWith(EXTENSION)) {
          name = name.substring(0, name.length() - EXTENSION.length());
        }
        arrays.put(name, read(path, name, zip, entry));
      }
    } catch (ZipException e) {
      throw new EncodedFormatException(path + ": is no .npz file: " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileErrors.explain("read", path, e);
    }
    return arrays;
  }

  private static Tensor read(Path path, String name, ZipFile zip, ZipEntry entry)
      throws IOException {
    try (InputStream in = zip.getInputStream(entry)) {
      MemorySegment bytes = MemorySegment.ofArray(in.readAllBytes());
      Path named = Path.of(path + "!" + name);
      return NpyHeader.tensor(new MappedFile(named, Arena.global(), bytes), name);
    }
  }
}
