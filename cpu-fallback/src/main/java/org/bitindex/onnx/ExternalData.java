package org.bitindex.onnx;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.bitindex.EncodedFormatException;
import org.jspecify.annotations.Nullable;

/** Finds the elements of tensors that do not lie in the model. */
@FunctionalInterface
public interface ExternalData {
  /** All data must lie in the model. */
  ExternalData NONE =
      (tensor, location, _, _) -> {
        throw new EncodedFormatException(
            "tensor " + tensor + " lies in another file, " + location + ", which is not known");
      };

  /**
   * Files in the folder of a model or below it.
   *
   * @param arena closing it ends their tensors
   */
  static ExternalData beside(Path model, Arena arena) {
    return new ExternalFiles(model, arena);
  }

  /**
   * The bytes of a tensor.
   *
   * @param tensor its name
   * @param location as the model gives it, usually a path relative to the model's folder
   * @param offset of the first byte
   * @param length in bytes; -1 for all up to the end
   * @return the bytes, or null if the elements are kept elsewhere under the name {@code location}
   * @throws EncodedFormatException if there are no such bytes
   */
  @Nullable MemorySegment find(String tensor, String location, long offset, long length)
      throws IOException;
}
