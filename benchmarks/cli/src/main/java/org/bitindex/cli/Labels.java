package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.bitindex.cli.text.Figures;
import org.bitindex.io.NpyFile;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;

/** The classes of samples, from an npy file of floats or integers, of which none is rounded. */
final class Labels {
  private Labels() {}

  /**
   * Reads one label for each of {@code count} samples.
   *
   * @param classes number of classes
   * @throws IOException if there are more or fewer labels, or one is no whole number from 0 to
   *     {@code classes} - 1, naming its sample
   */
  static int[] read(Path path, int count, int classes) throws IOException {
    try (NpyFile file = NpyFile.open(path)) {
      NamedTensor tensor = file.tensor();
      if (tensor.length() != count) {
        throw new IOException(
            path
                + " holds "
                + Figures.count(tensor.length(), "label")
                + " for "
                + Figures.count(count, "sample"));
      }
      int[] labels = new int[count];
      if (tensor.type().isFloating()) {
        float[] values = tensor.floats();
        for (int n = 0; n < count; n++) {
          boolean whole = values[n] == Math.rint(values[n]); // false for NaN
          require(whole && values[n] >= 0 && values[n] < classes, path, values[n], n, classes);
          labels[n] = (int) values[n];
        }
      } else {
        long[] values = tensor.longs();
        boolean unsigned = tensor.type() == DType.U64;
        for (int n = 0; n < count; n++) {
          String shown = unsigned ? Long.toUnsignedString(values[n]) : Long.toString(values[n]);
          require(values[n] >= 0 && values[n] < classes, path, shown, n, classes);
          labels[n] = (int) values[n];
        }
      }
      return labels;
    }
  }

  private static void require(boolean valid, Path path, Object label, int sample, int classes)
      throws IOException {
    if (!valid) {
      throw new IOException(
          "%s holds label %s for sample %d, the network has classes 0 to %d"
              .formatted(path, label, sample, classes - 1));
    }
  }
}
