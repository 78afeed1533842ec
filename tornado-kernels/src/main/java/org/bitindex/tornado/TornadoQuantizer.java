package org.bitindex.tornado;

import java.util.List;
import java.util.function.IntFunction;
import org.bitindex.code.Code;
import org.bitindex.code.Quantizer;
import org.bitindex.layout.BitMatrix;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * Planes of any matrices. The encoder of the last code and width is kept, for matrices of a network
 * often have the same.
 */
final class TornadoQuantizer implements PlaneQuantizer, AutoCloseable {
  private final TornadoBackend backend;
  private @Nullable TornadoEncoder encoder;

  TornadoQuantizer(TornadoBackend backend) {
    this.backend = backend;
  }

  @Override
  public synchronized void quantize(
      Weights weights, Code code, IntFunction<Quantizer> quantizers, List<BitMatrix> bits) {
    backend.requireOpen();
    if (weights.rows() > 0 && weights.columns() > 0) {
      encoder(code, weights.columns()).quantize(weights, quantizers, bits);
    }
  }

  private TornadoEncoder encoder(Code code, int columns) {
    if (encoder == null || !encoder.fits(code, columns)) {
      close();
      encoder = backend.encoder(code, columns);
    }
    return encoder;
  }

  @Override
  public synchronized void close() {
    if (encoder != null) {
      encoder.close();
      encoder = null;
    }
  }
}
