package org.bitindex;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.backend.Plan;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.DenseFile;
import org.bitindex.matrix.EncodedMatrix;

/** The code of the README and of Javadoc's snippets; {@link ExamplesTest} runs it. */
final class Examples {
  private Examples() {}

  static void matrix(float[] values, float[] x, Path path) throws IOException {
    // @start region="matrix"
    try (BitIndexMatrix weights =
        BitIndexMatrix.of(512, 256, values) // [outputs x inputs], row after row
            .prune(0.8) // the least 80 % become zero
            .bits(4)
            .encode()) {
      float[] y = weights.multiply(x); // [samples x 256] to [samples x 512]
      System.out.println(y.length + " outputs, " + weights.bitsPerWeight() + " bits a weight");
      weights.save(path); // and BitIndexMatrix.open(path) another day
    }
    // @end
  }

  static void network(Path path, Tensor x) throws IOException {
    // @start region="network"
    try (Network network = Network.open(path)) {
      Tensor y = network.run(Map.of("x", x)).get("y");
      System.out.println(y);
    }
    // @end
  }

  static void parts(Path path, float[] input, int batch, float[] output) throws IOException {
    // @start region="parts"
    Recipe recipe = new Recipe(new Coding.LeastSquares(new Code.Symmetric(4)));
    try (DenseFile model = DenseFile.open(path);
        EncodedMatrix weights = recipe.encode(model.matrix("layer.0.weight"));
        Backend backend = Backends.open();
        Plan plan = backend.plan(weights)) {
      plan.execute(input, batch, output); // [batch x columns] to [batch x rows], row-major
    }
    // @end
  }
}
