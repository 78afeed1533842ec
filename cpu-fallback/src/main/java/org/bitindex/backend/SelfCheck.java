package org.bitindex.backend;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bitindex.BackendException;
import org.bitindex.code.Code;
import org.bitindex.layout.BitMatrix;
import org.bitindex.layout.Layout;
import org.bitindex.layout.StoredPlanes;
import org.bitindex.matrix.EncodedMatrix;

/**
 * A small fixed product that a backend must get right to the bit before its first use: compilers
 * and drivers do contract, reassociate and flush subnormals.
 */
final class SelfCheck {
  private static final int ROWS = 37;
  private static final int COLUMNS = 130;
  private static final int BATCH = 18;

  private SelfCheck() {}

  /**
   * Compares {@code backend} with {@code reference}.
   *
   * @throws BackendException if an output differs in a bit
   */
  static void require(Backend backend, Backend reference) {
    var random = new Random(1);
    float[] input = new float[BATCH * COLUMNS];
    for (int i = 0; i < input.length; i++) {
      input[i] = (float) random.nextGaussian();
    }
    // Two samples at the edges: subnormal outputs, and a NaN that must not spread.
    for (int j = 0; j < COLUMNS; j++) {
      input[j] *= 0x1p-130f;
    }
    input[COLUMNS] = Float.NaN;
    for (Code code : List.of(new Code.Symmetric(4), new Code.Affine(2), new Code.Binary(0f))) {
      compare(backend, reference, code, input);
    }
  }

  private static void compare(Backend backend, Backend reference, Code code, float[] input) {
    try (Arena arena = Arena.ofShared()) {
      EncodedMatrix weights = weights(code, arena);
      float[] expected = execute(reference, weights, input);
      float[] actual = execute(backend, weights, input);
      int at = Arrays.mismatch(bits(expected), bits(actual));
      if (at >= 0) {
        throw new BackendException(
            backend.name()
                + " failed its self-check: output "
                + at
                + " of code "
                + code
                + " is "
                + Float.toHexString(actual[at])
                + ", the reference gives "
                + Float.toHexString(expected[at]));
      }
    }
  }

  /** Random planes, scales and offsets; the top bit of words is set as often as any other. */
  private static EncodedMatrix weights(Code code, Arena arena) {
    var random = new Random(2);
    int[] coefficients = code.coefficients();
    long[] words = new long[BitMatrix.wordsPerRow(COLUMNS)];
    long[][] signs = new long[ROWS][words.length];
    if (code.lowest() < 0) {
      Arrays.setAll(signs, _ -> random.longs(words.length).toArray());
    }
    List<BitMatrix> planes = new ArrayList<>();
    for (int coefficient : coefficients) {
      var bits = new BitMatrix(ROWS, COLUMNS, arena);
      for (int i = 0; i < ROWS; i++) {
        long[] sign = signs[i];
        Arrays.setAll(words, w -> random.nextLong() & (coefficient < 0 ? sign[w] : ~sign[w]));
        words[words.length - 1] &= (1L << COLUMNS) - 1;
        bits.writeRow(i, words);
      }
      planes.add(bits);
    }
    StoredPlanes stored = new Layout.Adaptive().store(coefficients, planes, arena, 1);
    MemorySegment scales = arena.allocate(EncodedMatrix.FLOAT, ROWS);
    MemorySegment offsets = arena.allocate(EncodedMatrix.FLOAT, ROWS);
    for (int i = 0; i < ROWS; i++) {
      scales.setAtIndex(EncodedMatrix.FLOAT, i, (float) random.nextGaussian());
      offsets.setAtIndex(EncodedMatrix.FLOAT, i, (float) random.nextGaussian());
    }
    return new EncodedMatrix(code, stored, scales, offsets, null);
  }

  private static float[] execute(Backend backend, EncodedMatrix weights, float[] input) {
    float[] output = new float[BATCH * ROWS];
    try (Plan plan = backend.plan(weights)) {
      plan.execute(input, BATCH, output);
    }
    return output;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    Arrays.setAll(bits, i -> Float.floatToIntBits(values[i]));
    return bits;
  }
}
