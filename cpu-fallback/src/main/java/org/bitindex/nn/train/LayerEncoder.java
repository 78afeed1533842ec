package org.bitindex.nn.train;

import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.Weights;

/** How the weights of each layer are encoded: code, scales, layout, calibration. */
@FunctionalInterface
public interface LayerEncoder {
  /**
   * Encodes the weights of one layer.
   *
   * @param layer index of the layer, from 0
   * @return a matrix that the caller closes
   */
  EncodedMatrix encode(int layer, Weights weights);
}
