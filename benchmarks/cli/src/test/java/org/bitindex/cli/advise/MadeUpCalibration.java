package org.bitindex.cli.advise;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;

/** Saves tests the seconds of a calibration. */
public final class MadeUpCalibration {
  private MadeUpCalibration() {}

  /** Keeps a calibration of this machine in {@code folder}: every weight takes a microsecond. */
  public static void save(Path folder, int threads, int batch) throws IOException {
    List<TimedProduct> products = new ArrayList<>();
    for (Format format : Format.products()) {
      for (Grid.Shape shape : Grid.CALIBRATION.shapes()) {
        int rows = shape.rows();
        int columns = shape.columns();
        double seconds = rows * columns * 1e-6;
        products.add(new TimedProduct(format.product(), rows, columns, 0, 1, seconds));
      }
    }
    try (Backend backend = Backends.open("vector", threads)) {
      var timing = new ProductTiming(backend, threads, batch);
      new CalibrationCache(folder, CalibrationCache.Identity.of(timing)).save(products);
    }
  }
}
