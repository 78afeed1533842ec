package org.bitindex.lab.networks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.SequencedMap;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;

/** Writes a network with encoded weights, as {@code bie encode} does. */
final class EncodedFile {
  private EncodedFile() {}

  /**
   * Encodes all weights of products, and embeddings and depthwise convolutions in eight bits, which
   * are decoded to be used.
   */
  static void write(RealNetwork network, Recipe recipe, Path target) throws IOException {
    Recipe others = recipe.with(new Coding.LeastSquares(_ -> new Code.Symmetric(8)));
    try (OnnxFile file = OnnxFile.open(network.model())) {
      var writer = new ModelWriter().graph(file.graph());
      SequencedMap<String, Weights> products = file.matrices();
      SequencedMap<String, Weights> rest = file.otherMatrices();
      for (Tensor tensor : file.tensorsWithout(products.keySet())) {
        if (!rest.containsKey(tensor.name())) {
          writer.add(tensor);
        }
      }
      rest.forEach((name, weights) ->
          writer.use(name, file.use(name)).add(name, () -> others.encode(weights)));
      products.forEach((name, weights) ->
          writer.use(name, file.use(name)).add(name, () -> recipe.encode(weights)));
      writer.write(target, IfExists.REPLACE);
    }
  }
}
