package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.Pruning;
import org.bitindex.encode.ScaleMode;
import org.bitindex.io.DenseFile;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.EncodedMatrix;

/** The README's example, word for word between the first and the last line of the method. */
final class ReadmeExample {
  private ReadmeExample() {}

  static void multiply(Path path, float[] input, int batch, float[] output) throws IOException {
    try (DenseFile model = DenseFile.open(path);
        EncodedMatrix weights =
            new Encoder(new Code.Symmetric(4), ScaleMode.ROW, new Layout.Adaptive())
                .encode(Pruning.global(model.matrix("layer.0.weight"), 0.9));
        Backend backend = Backends.open();
        Plan plan = backend.plan(weights)) {
      System.out.println(weights.bitsPerWeight() + " bits a weight, on " + backend.description());
      plan.execute(input, batch, output); // [batch x columns] to [batch x rows], row-major
    }
  }
}
