package org.bitindex.generate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A checkpoint of llama2.c with one layer of random weights, and its tokenizer. */
public final class TinyCheckpoint {
  static final int DIMENSION = 16;
  static final int HIDDEN = 24;
  static final int CONTEXT = 40;
  static final List<String> TOKENS;

  static {
    List<String> tokens = new ArrayList<>(List.of("<unk>", "\n<s>\n", "\n</s>\n"));
    for (int b = 0; b < 256; b++) {
      tokens.add("<0x%02X>".formatted(b));
    }
    tokens.addAll(List.of(" ", "a", "b", "ab", " a", " ab"));
    TOKENS = List.copyOf(tokens);
  }

  private TinyCheckpoint() {}

  /** Writes both to a folder; returns the checkpoint. */
  public static Path write(Path folder) throws IOException {
    return write(folder, DIMENSION, HIDDEN, CONTEXT);
  }

  /** The same with other sizes. */
  static Path write(Path folder, int dimension, int hidden, int context) throws IOException {
    Path checkpoint = folder.resolve("tiny.bin");
    var random = new Random(11);
    var out = new ByteArrayOutputStream();
    ByteBuffer sizes = ByteBuffer.allocate(28).order(ByteOrder.LITTLE_ENDIAN);
    for (int size : new int[] {dimension, hidden, 1, 4, 2, TOKENS.size(), context}) {
      sizes.putInt(size);
    }
    out.writeBytes(sizes.array());
    for (int count : counts(dimension, hidden)) {
      out.writeBytes(floats(random, count));
    }
    out.writeBytes(new byte[context * (dimension / 4) * Float.BYTES]);
    Files.write(checkpoint, out.toByteArray());
    Files.write(folder.resolve("tok" + TOKENS.size() + ".bin"), tokenizer());
    return checkpoint;
  }

  private static int[] counts(int dimension, int hiddenFeatures) {
    int square = dimension * dimension;
    int hidden = hiddenFeatures * dimension;
    return new int[] {
      TOKENS.size() * dimension,
      dimension,
      square,
      square / 2,
      square / 2,
      square,
      dimension,
      hidden,
      hidden,
      hidden,
      dimension
    };
  }

  private static byte[] floats(Random random, int count) {
    ByteBuffer floats = ByteBuffer.allocate(count * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      floats.putFloat((float) random.nextGaussian());
    }
    return floats.array();
  }

  private static byte[] tokenizer() {
    ByteBuffer out = ByteBuffer.allocate(10_000).order(ByteOrder.LITTLE_ENDIAN).putInt(7);
    for (int id = 0; id < TOKENS.size(); id++) {
      byte[] utf8 = TOKENS.get(id).getBytes(StandardCharsets.UTF_8);
      out.putFloat(-id).putInt(utf8.length).put(utf8);
    }
    return Arrays.copyOf(out.array(), out.position());
  }
}
