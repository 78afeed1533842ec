package org.bitindex.calibrate.network;

import java.util.Arrays;
import org.bitindex.calibrate.DeadZones;
import org.bitindex.code.Code;
import org.bitindex.graph.train.Parameter;
import org.bitindex.internal.Parallel;
import org.bitindex.io.MatrixUse;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.PlaneBuilder;
import org.bitindex.matrix.RowValues;
import org.bitindex.matrix.Weights;

/**
 * The integers q of an encoded matrix, which are trained: each is a number u, rounded, and only u
 * moves. Code, scales and offsets stay. At first u is as near to the dense weight as rounds to the
 * integer that the matrix has.
 */
final class TrainedLevels {
  /** Of steps: how far from a threshold u begins at least. */
  private static final double MARGIN = 0.1;

  private final EncodedMatrix start;
  private final boolean transposed;
  private final DeadZones zones;
  private final int lowest;
  private final int highest;
  private final float[] scales;
  private final float[] offsets;
  private final int threads;

  /** Its values are u, as the tensor holds the weights. */
  private final Parameter parameter;

  /**
   * The levels of a matrix that is all of its tensor.
   *
   * @param dense what was encoded; zeros that became 0 stay 0
   * @param start taken over
   */
  TrainedLevels(Weights dense, MatrixUse use, EncodedMatrix start, int threads) {
    this.start = start;
    this.transposed = use.transposed();
    this.threads = threads;
    boolean even = start.offsets() == null && start.code() instanceof Code.Symmetric;
    this.zones = DeadZones.of(start, even ? DeadZones.RATE : 0);
    this.lowest = start.code().lowest();
    this.highest = start.code().highest();
    int rows = start.rows();
    int columns = start.columns();
    this.scales = new float[rows];
    this.offsets = new float[rows];
    this.parameter = transposed ? new Parameter(columns, rows) : new Parameter(rows, columns);
    float[] row = new float[columns];
    int[] q = new int[columns];
    for (int i = 0; i < rows; i++) {
      scales[i] = start.scale(i);
      offsets[i] = start.offset(i);
      dense.readRow(i, row);
      start.readIntegers(i, q);
      for (int j = 0; j < columns; j++) {
        // Pruned: a NaN rounds to 0 and stays one.
        parameter.values[place(i, j)] =
            row[j] == 0 && q[j] == 0 ? Float.NaN : near((row[j] - offsets[i]) / scales[i], q[j]);
      }
    }
    use();
  }

  private int place(int row, int column) {
    return transposed ? column * start.rows() + row : row * start.columns() + column;
  }

  /** The number nearest to u that rounds to q. */
  private float near(float u, int q) {
    int magnitude = Math.abs(q);
    double most = zones.threshold(magnitude) - MARGIN;
    double least = magnitude == 0 ? -most : zones.threshold(magnitude - 1) + MARGIN;
    double sign = q < 0 ? -1 : 1;
    double wanted = Float.isFinite(u) ? u * sign : magnitude;
    return (float) (sign * Math.clamp(wanted, Math.min(least, most), most));
  }

  Parameter parameter() {
    return parameter;
  }

  /** Products shall use the weights that u rounds to. */
  void use() {
    int width = parameter.columns();
    Parallel.forRows(
        threads,
        parameter.rows(),
        (from, to) -> {
          for (int r = from; r < to; r++) {
            for (int c = 0; c < width; c++) {
              int row = transposed ? c : r;
              int at = r * width + c;
              parameter.used[at] = Math.fma(scales[row], (float) level(at), offsets[row]);
            }
          }
        });
  }

  private int level(int at) {
    double level = zones.round(parameter.values[at]);
    return (int) Math.clamp(level, lowest, highest);
  }

  /** The matrix that training began with. */
  EncodedMatrix start() {
    return start;
  }

  /** The matrix that training has come to; the one that it began with is closed. */
  EncodedMatrix matrix() {
    try (start;
        var planes = new PlaneBuilder(start.code(), start.rows(), start.columns())) {
      int[] q = new int[start.columns()];
      for (int i = 0; i < start.rows(); i++) {
        int row = i;
        Arrays.setAll(q, j -> level(place(row, j)));
        planes.writeRow(i, q);
      }
      planes.trim();
      RowValues offset = start.offsets();
      return planes.build(
          start.layout(),
          threads,
          start.scales()::copy,
          arena -> offset == null ? null : offset.copy(arena));
    }
  }
}
