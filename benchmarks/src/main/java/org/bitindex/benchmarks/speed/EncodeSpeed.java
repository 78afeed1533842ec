package org.bitindex.benchmarks.speed;

import java.util.List;
import java.util.Locale;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;

/** The time to encode 2048 x 1024 floats, the largest matrix of the paper, on one thread. */
final class EncodeSpeed {
  private static final Setting SETTING = new Setting(2048, 1024, 1, 1);

  private EncodeSpeed() {}

  static void run() {
    var weights = DenseMatrix.of(SETTING.rows(), SETTING.columns(), SETTING.weights());
    for (Layout layout :
        List.of(new Layout.Flat(), new Layout.Blocked(256), new Layout.Adaptive())) {
      for (Code code : List.of(new Code.Binary(0f), new Code.Affine(4), new Code.Symmetric(4))) {
        ScaleMode scales = code instanceof Code.Binary ? ScaleMode.NONE : ScaleMode.TENSOR;
        var encoder = new Encoder(code, scales, layout, 1);
        Race race = Race.run(() -> encoder.encode(weights).close());
        double bytes = (double) SETTING.rows() * SETTING.columns() * Float.BYTES;
        System.out.printf(
            Locale.ROOT,
            "| encode | %s, %s | | %.1f | | %.0f %% | | %.1f GB/s | | |%n",
            code,
            layout,
            race.micros(0),
            100 * race.spread(0),
            bytes / race.micros(0) * 1e-3);
      }
    }
  }
}
