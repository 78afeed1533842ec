package org.bitindex.lab.peers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.baseline.Csr;
import org.bitindex.matrix.CsrMatrix;
import org.bitindex.matrix.DenseMatrix;

/**
 * Compressed sparse rows with the samples across the lanes of vectors.
 *
 * <p>The batch is cut into panels of two vectors, and one of a single vector if that is enough for
 * the rest; missing samples are zeros. A panel's input is small enough for the second-level cache.
 */
final class VectorCsrPeer implements Peer {
  private static final int LANES = Csr.lanes();

  private final PeerShape shape;
  private final float[] weights;
  private final CsrMatrix csr;
  private final EvenRows parts;
  private final Arena arena = Arena.ofShared();
  private final List<Panel> panels = new ArrayList<>();

  VectorCsrPeer(float[] weights, PeerShape shape) {
    this.shape = shape;
    this.weights = weights;
    csr = CsrMatrix.of(DenseMatrix.of(shape.rows(), shape.columns(), weights));
    parts = new EvenRows(csr, shape.threads());
    for (int first = 0; first < shape.batch(); first += 2 * LANES) {
      int rest = shape.batch() - first;
      panels.add(new Panel(first, Math.min(rest, 2 * LANES), rest <= LANES ? LANES : 2 * LANES));
    }
  }

  @Override
  public void input(float[] samples) {
    panels.forEach(panel -> panel.input(samples));
  }

  @Override
  public void multiply() {
    parts.forEach(this::multiplyRows);
  }

  private void multiplyRows(int firstRow, int endRow) {
    for (int p = 0; p < panels.size(); p++) {
      panels.get(p).multiply(firstRow, endRow);
    }
  }

  @Override
  public void output(float[] output) {
    panels.forEach(panel -> panel.output(output));
  }

  @Override
  public float[] weights() {
    return weights;
  }

  @Override
  public void close() {
    arena.close();
  }

  /** Some neighbouring samples: x is columns x width, y is rows x width. */
  private final class Panel {
    private final int firstSample;
    private final int samples;
    private final int width;
    private final MemorySegment x;
    private final float[] y;

    Panel(int firstSample, int samples, int width) {
      this.firstSample = firstSample;
      this.samples = samples;
      this.width = width;
      x = arena.allocate((long) Float.BYTES * shape.columns() * width, Buffers.ALIGNMENT);
      y = new float[shape.rows() * width];
    }

    void input(float[] source) {
      for (int s = 0; s < samples; s++) {
        for (int j = 0; j < shape.columns(); j++) {
          float value = source[(firstSample + s) * shape.columns() + j];
          x.setAtIndex(JAVA_FLOAT, (long) j * width + s, value);
        }
      }
    }

    void multiply(int firstRow, int endRow) {
      Csr.multiply(csr, firstRow, endRow, width, x, y);
    }

    void output(float[] target) {
      for (int s = 0; s < samples; s++) {
        for (int i = 0; i < shape.rows(); i++) {
          target[(firstSample + s) * shape.rows() + i] = y[i * width + s];
        }
      }
    }
  }
}
