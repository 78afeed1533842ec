package org.bitindex.bert;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.bitindex.matrix.Weights;

/**
 * A linear layer with FP32 weights: each output is the chain fma(x_j, w_j, sum) over ascending j,
 * then one addition of the bias, so its bits depend neither on the vector width nor on threads.
 */
final class FloatLayer implements LinearLayer {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Outputs computed together: two vectors. */
  private static final int PANEL = 2 * LANES;

  /** Samples computed together: with two vectors each, eight sums hide the latency of an fma. */
  private static final int SAMPLES = 4;

  private final int rows;
  private final int columns;

  /** For each panel of rows, column after column, the panel's weights; zero past the last row. */
  private final float[][] panels;

  private final float[] bias;
  private final Workers workers;

  FloatLayer(LinearWeights layer, Workers workers) {
    this.rows = layer.weights().rows();
    this.columns = layer.weights().columns();
    this.panels = new float[(rows + PANEL - 1) / PANEL][columns * PANEL];
    this.bias = Arrays.copyOf(layer.bias(), panels.length * PANEL);
    this.workers = workers;
    pack(layer.weights());
  }

  private void pack(Weights weights) {
    float[] row = new float[columns];
    for (int i = 0; i < rows; i++) {
      weights.readRow(i, row);
      float[] panel = panels[i / PANEL];
      for (int j = 0; j < columns; j++) {
        panel[j * PANEL + i % PANEL] = row[j];
      }
    }
  }

  @Override
  public int rows() {
    return rows;
  }

  @Override
  public void apply(float[] input, int batch, float[] output) {
    workers.forEach(
        panels.length,
        p -> {
          float[] tile = new float[SAMPLES * PANEL];
          int count = Math.min(PANEL, rows - p * PANEL);
          for (int n = 0; n < batch; n += SAMPLES) {
            multiply(panels[p], columns, bias, p * PANEL, input, n, batch - 1, tile);
            for (int s = 0; s < Math.min(SAMPLES, batch - n); s++) {
              System.arraycopy(tile, s * PANEL, output, (n + s) * rows + p * PANEL, count);
            }
          }
        });
  }

  /**
   * The outputs of one panel for four samples; past the last sample, that one again.
   *
   * @param panel columns x PANEL weights
   * @param bias PANEL floats from {@code biasOffset}
   * @param x samples of {@code columns} floats each
   * @param n the first sample
   * @param tile SAMPLES x PANEL outputs
   */
  private static void multiply(
      float[] panel,
      int columns,
      float[] bias,
      int biasOffset,
      float[] x,
      int n,
      int last,
      float[] tile) {
    int x0 = n * columns;
    int x1 = Math.min(n + 1, last) * columns;
    int x2 = Math.min(n + 2, last) * columns;
    int x3 = Math.min(n + 3, last) * columns;
    FloatVector a0 = FloatVector.zero(SPECIES);
    FloatVector a1 = a0;
    FloatVector b0 = a0;
    FloatVector b1 = a0;
    FloatVector c0 = a0;
    FloatVector c1 = a0;
    FloatVector d0 = a0;
    FloatVector d1 = a0;
    for (int j = 0; j < columns; j++) {
      FloatVector w0 = FloatVector.fromArray(SPECIES, panel, j * PANEL);
      FloatVector w1 = FloatVector.fromArray(SPECIES, panel, j * PANEL + LANES);
      FloatVector a = FloatVector.broadcast(SPECIES, x[x0 + j]);
      FloatVector b = FloatVector.broadcast(SPECIES, x[x1 + j]);
      FloatVector c = FloatVector.broadcast(SPECIES, x[x2 + j]);
      FloatVector d = FloatVector.broadcast(SPECIES, x[x3 + j]);
      a0 = a.fma(w0, a0);
      a1 = a.fma(w1, a1);
      b0 = b.fma(w0, b0);
      b1 = b.fma(w1, b1);
      c0 = c.fma(w0, c0);
      c1 = c.fma(w1, c1);
      d0 = d.fma(w0, d0);
      d1 = d.fma(w1, d1);
    }
    FloatVector bias0 = FloatVector.fromArray(SPECIES, bias, biasOffset);
    FloatVector bias1 = FloatVector.fromArray(SPECIES, bias, biasOffset + LANES);
    a0.add(bias0).intoArray(tile, 0);
    a1.add(bias1).intoArray(tile, LANES);
    b0.add(bias0).intoArray(tile, 2 * LANES);
    b1.add(bias1).intoArray(tile, 3 * LANES);
    c0.add(bias0).intoArray(tile, 4 * LANES);
    c1.add(bias1).intoArray(tile, 5 * LANES);
    d0.add(bias0).intoArray(tile, 6 * LANES);
    d1.add(bias1).intoArray(tile, 7 * LANES);
  }
}
