package org.bitindex.matrix;

import java.util.List;
import java.util.function.IntFunction;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;

/** Turns weights into bit planes, word for word as {@link org.bitindex.encode.Encoder} does. */
@FunctionalInterface
public interface PlaneQuantizer {
  /**
   * Quantises all rows.
   *
   * @param code of all quantisers
   * @param quantizers the quantiser of each row, asked for once and in order
   * @param bits a matrix for each plane, as large as {@code weights}; overwritten
   * @throws IllegalArgumentException if a weight is not finite, naming its row and column
   * @throws org.bitindex.BackendException if a device fails
   */
  void quantize(
      Weights weights, Code code, IntFunction<Quantizer> quantizers, List<BitMatrix> bits);
}
