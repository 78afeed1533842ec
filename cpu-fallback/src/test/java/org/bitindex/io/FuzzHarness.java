package org.bitindex.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.bitindex.EncodedFormatException;
import org.bitindex.io.format.MappedFile;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/** What the fuzz tests of all readers share: any bytes are read in full or refused. */
final class FuzzHarness {
  private static final long MAX_ELEMENTS = 1 << 20;

  private FuzzHarness() {}

  /** Reads all of a dense file's contents that are not huge. */
  static void readDense(byte[] data, MappedFile.Reader<? extends DenseFile> reader) {
    try (DenseFile file = reader.read(mapped(data))) {
      file.matrices().values().forEach(FuzzHarness::readRows);
      for (NamedTensor tensor : file.tensors().values()) {
        if (tensor.length() <= MAX_ELEMENTS && tensor.type().isFloating()) {
          tensor.floats();
        } else if (tensor.length() <= MAX_ELEMENTS && tensor.type().isInteger()) {
          tensor.longs();
        }
      }
    } catch (EncodedFormatException e) {
      requireOneSentence(e);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static void readRows(Weights weights) {
    if ((long) weights.rows() * weights.columns() <= MAX_ELEMENTS
        && weights.columns() <= MAX_ELEMENTS
        && weights.rows() <= MAX_ELEMENTS) {
      Rows.of(weights);
    }
  }

  static void requireOneSentence(EncodedFormatException e) {
    String message = String.valueOf(e.getMessage());
    if (message.isEmpty() || message.lines().count() != 1 || message.length() > 2000) {
      throw new AssertionError("message is not one sentence: " + message, e);
    }
  }

  @SuppressWarnings("MustBeClosedChecker") // the file owns the arena
  static MappedFile mapped(byte[] data) {
    return new MappedFile(
        Path.of("fuzz"), Arena.ofConfined(), MemorySegment.ofArray(data).asReadOnly());
  }
}
