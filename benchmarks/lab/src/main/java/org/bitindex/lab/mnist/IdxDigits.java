package org.bitindex.lab.mnist;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.bitindex.nn.train.Samples;

/** The original MNIST files, as they are or compressed with gzip. */
final class IdxDigits {
  private static final String TRAINING = "train";
  private static final String HELD_OUT = "t10k";
  private static final int LABELS_MAGIC = 0x801;
  private static final int IMAGES_MAGIC = 0x803;

  /** More than any MNIST variant holds: a header cannot make us allocate without bound. */
  private static final int MAX_COUNT = 1_000_000;

  private IdxDigits() {}

  static boolean areIn(Path folder) {
    return Files.exists(images(folder, TRAINING));
  }

  static MnistData read(Path folder) throws IOException {
    return new MnistData(readSamples(folder, TRAINING), readSamples(folder, HELD_OUT));
  }

  private static Path images(Path folder, String part) {
    return plainOrCompressed(folder, part + "-images-idx3-ubyte");
  }

  private static Path plainOrCompressed(Path folder, String name) {
    Path plain = folder.resolve(name);
    Path compressed = folder.resolve(name + ".gz");
    return Files.exists(compressed) && !Files.exists(plain) ? compressed : plain;
  }

  private static Samples readSamples(Path folder, String part) throws IOException {
    float[][] inputs = readImages(images(folder, part));
    Path labelsFile = plainOrCompressed(folder, part + "-labels-idx1-ubyte");
    int[] labels = readLabels(labelsFile);
    if (labels.length != inputs.length) {
      throw new IOException(
          labelsFile + " holds " + labels.length + " labels for " + inputs.length + " images");
    }
    return new Samples(inputs, labels);
  }

  private static float[][] readImages(Path file) throws IOException {
    try (DataInputStream in = open(file)) {
      int count = readCount(file, in, IMAGES_MAGIC);
      int rows = in.readInt();
      int columns = in.readInt();
      if ((long) rows * columns != MnistData.PIXELS) {
        throw new IOException(file + " holds images of " + rows + " x " + columns + " pixels");
      }
      float[][] images = new float[count][];
      byte[] bytes = new byte[MnistData.PIXELS];
      for (int n = 0; n < count; n++) {
        in.readFully(bytes);
        images[n] = new float[bytes.length];
        for (int j = 0; j < bytes.length; j++) {
          images[n][j] = Byte.toUnsignedInt(bytes[j]) / 255f;
        }
      }
      return images;
    } catch (EOFException e) {
      throw new IOException(file + " is shorter than its header says", e);
    }
  }

  private static int[] readLabels(Path file) throws IOException {
    try (DataInputStream in = open(file)) {
      int[] labels = new int[readCount(file, in, LABELS_MAGIC)];
      for (int n = 0; n < labels.length; n++) {
        labels[n] = in.readUnsignedByte();
        if (labels[n] >= MnistData.CLASSES) {
          throw new IOException(file + " holds label " + labels[n] + ", allowed are 0 to 9");
        }
      }
      return labels;
    } catch (EOFException e) {
      throw new IOException(file + " is shorter than its header says", e);
    }
  }

  private static DataInputStream open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    return new DataInputStream(
        new BufferedInputStream(
            file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes));
  }

  private static int readCount(Path file, DataInputStream in, int magic) throws IOException {
    int found = in.readInt();
    if (found != magic) {
      throw new IOException(
          file
              + " starts with 0x"
              + Integer.toHexString(found)
              + ", not 0x"
              + Integer.toHexString(magic));
    }
    int count = in.readInt();
    if (count < 1 || count > MAX_COUNT) {
      throw new IOException(file + " says it holds " + count + " items");
    }
    return count;
  }
}
