package org.bitindex.io;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.bitindex.io.format.MappedFile;
import org.bitindex.io.format.NpyHeader;
import org.bitindex.io.format.SegmentInputStream;
import org.bitindex.matrix.NamedTensor;

/** Named NumPy arrays in one file, as {@code numpy.savez} writes it: a zip of .npy files. */
public final class NpzFile {
  private static final String EXTENSION = ".npy";

  private NpzFile() {}

  /**
   * Reads all arrays into memory, by name and in the file's order.
   *
   * @throws org.bitindex.EncodedFormatException if the bytes do not follow the format
   * @throws IOException if the file cannot be read
   */
  public static SequencedMap<String, NamedTensor> read(Path path) throws IOException {
    try (Mapped mapped = MappedFile.open(path, Mapped::new)) {
      return mapped.arrays;
    }
  }

  /**
   * Writes arrays by their names, whole or not at all.
   *
   * @throws IllegalArgumentException if NumPy has no such type, or they take 2^31 bytes or more
   * @throws IOException naming the path and the reason
   */
  public static void write(Path path, Collection<NamedTensor> arrays, IfExists ifExists)
      throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(bytes)) {
      zip.setLevel(Deflater.NO_COMPRESSION);
      for (NamedTensor array : arrays) {
        zip.putNextEntry(new ZipEntry(array.name() + EXTENSION));
        zip.write(NpyHeader.header(array.type(), array.shape()));
        zip.write(array.data().toArray(ValueLayout.JAVA_BYTE));
        zip.closeEntry();
      }
    } catch (OutOfMemoryError e) {
      throw new IllegalArgumentException("the arrays of " + path + " take too much memory", e);
    }
    AtomicFile.write(path, ifExists, output -> output.write(bytes.toByteArray()), Mapped::new);
  }

  /** What a mapped file holds, copied. */
  private static final class Mapped implements AutoCloseable {
    private final MappedFile file;
    private final SequencedMap<String, NamedTensor> arrays = new LinkedHashMap<>();

    Mapped(MappedFile file) throws IOException {
      this.file = file;
      try (var zip = new ZipInputStream(new SegmentInputStream(file.data()))) {
        for (ZipEntry entry; (entry = zip.getNextEntry()) != null; ) {
          String name = entry.getName();
          if (!name.endsWith(EXTENSION)) {
            throw file.bad("holds " + name + ", expected arrays as numpy.savez writes them");
          }
          String stem = name.substring(0, name.length() - EXTENSION.length());
          MemorySegment bytes = MemorySegment.ofArray(zip.readAllBytes());
          Path path = Path.of(file.path() + ": " + name);
          arrays.put(stem, NpyHeader.tensor(new MappedFile(path, Arena.ofAuto(), bytes), stem));
        }
      } catch (ZipException e) {
        throw file.bad("is a damaged zip archive: " + e.getMessage());
      } catch (EOFException e) {
        throw file.bad("is a damaged zip archive: it ends within an array's name or bytes");
      }
      if (arrays.isEmpty()) {
        throw file.bad("holds no arrays");
      }
    }

    @Override
    public void close() {
      file.close();
    }
  }
}
