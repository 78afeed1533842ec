package org.bitindex.encode;

import java.util.List;
import java.util.function.IntFunction;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;

/** A device of the plainest kind. */
public final class PlainQuantizer implements PlaneQuantizer {
  @Override
  public void quantize(
      Weights weights, Code code, IntFunction<Quantizer> quantizers, List<BitMatrix> bits) {
    int[] coefficients = code.coefficients();
    float[] row = new float[weights.columns()];
    for (int i = 0; i < weights.rows(); i++) {
      Quantizer quantizer = quantizers.apply(i);
      weights.readRow(i, row);
      for (int p = 0; p < coefficients.length; p++) {
        long[] words = new long[BitMatrix.wordsPerRow(row.length)];
        for (int j = 0; j < row.length; j++) {
          int part = quantizer.quantize(row[j]) * Integer.signum(coefficients[p]);
          if (part > 0 && (part & Math.abs(coefficients[p])) != 0) {
            words[j / 64] |= 1L << j;
          }
        }
        bits.get(p).writeRow(i, words);
      }
    }
  }
}
