package org.bitindex.baseline;

import java.util.zip.Deflater;
import org.bitindex.matrix.Weights;

/** {@link Quantized4} in a zip: the bytes are those of DEFLATE at level 9, the weights the same. */
public final class Zipped4 implements Baseline {
  private static final int BUFFER = 1 << 16;

  private final Quantized4 weights;
  private final long bytes;

  /** {@code weights}, rounded to nearest. */
  public Zipped4(Weights weights) {
    this.weights = new Quantized4(weights);
    bytes = deflated(this.weights.codes()) + (long) weights.rows() * Float.BYTES;
  }

  private static long deflated(byte[] codes) {
    try (var deflater = new Deflater(Deflater.BEST_COMPRESSION)) {
      deflater.setInput(codes);
      deflater.finish();
      byte[] buffer = new byte[BUFFER];
      while (!deflater.finished()) {
        deflater.deflate(buffer);
      }
      return deflater.getBytesWritten();
    }
  }

  @Override
  public String name() {
    return "zip of int4";
  }

  @Override
  public int rows() {
    return weights.rows();
  }

  @Override
  public int columns() {
    return weights.columns();
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  public void readRow(int row, float[] target) {
    weights.readRow(row, target);
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    weights.multiply(input, batch, output);
  }
}
