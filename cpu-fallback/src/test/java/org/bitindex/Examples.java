package org.bitindex;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.graph.Network;
import org.bitindex.graph.tensor.Tensor;

/** The code of the README and of Javadoc's snippets; {@link ExamplesTest} runs it. */
final class Examples {
  private Examples() {}

  static float[] matrix(float[] values, float[] x, Path path) throws IOException {
    // @start region="matrix"
    try (BitIndexMatrix weights =
        BitIndexMatrix.of(512, 256, values) // [outputs x inputs], row after row
            .prune(0.8) // the least 80 % become zero
            .bits(4)
            .encode()) {
      float[] y = weights.multiply(x); // [samples x 256] to [samples x 512]
      System.out.println(weights.bitsPerWeight() + " bits a weight");
      weights.save(path);
      // @end
      return y;
    }
  }

  static SequencedMap<String, Tensor> network(Path path, Tensor x) throws IOException {
    // @start region="network"
    try (Network network = Network.open(path)) {
      SequencedMap<String, Tensor> outputs = network.run(Map.of("x", x));
      // @end
      return outputs;
    }
  }
}
