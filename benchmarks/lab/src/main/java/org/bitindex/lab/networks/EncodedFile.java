package org.bitindex.lab.networks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.SequencedMap;
import org.bitindex.calibrate.network.NetworkCalibration;
import org.bitindex.calibrate.network.ProductMoments;
import org.bitindex.code.Code;
import org.bitindex.encode.Coding;
import org.bitindex.encode.Recipe;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.io.OnnxFile;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;

/** Writes a network with encoded weights, as {@code bie encode --calibrate} does. */
final class EncodedFile {
  private EncodedFile() {}

  /**
   * Encodes all weights of products, calibrated on the network's own samples for that, and embeddings
   * in eight bits.
   */
  static void write(RealNetwork network, Recipe recipe, Path target) throws IOException {
    Recipe embeddings = recipe.with(new Coding.LeastSquares(_ -> new Code.Symmetric(8)));
    try (OnnxFile file = OnnxFile.open(network.model())) {
      Model model = file.graph();
      var calibration = new NetworkCalibration(model, moments(network, model, recipe.threads()));
      var writer = new ModelWriter();
      writer.graph(model);
      SequencedMap<String, Weights> products = file.matrices();
      SequencedMap<String, Weights> words = file.otherMatrices();
      for (Tensor tensor : file.tensorsWithout(products.keySet())) {
        if (!words.containsKey(tensor.name())) {
          writer.add(calibration.carried(tensor));
        }
      }
      words.forEach((name, weights) -> writer.add(name, () -> embeddings.encode(weights)));
      products.forEach((name, weights) ->
          writer
              .use(name, file.use(name))
              .add(
                  name,
                  () ->
                      calibration.encode(
                          recipe, weights, file.use(name).tensor(), file.use(name).index())));
      writer.write(target, IfExists.REPLACE);
    }
  }

  private static ProductMoments moments(RealNetwork network, Model model, int threads) {
    var moments = new ProductMoments(threads);
    NetworkOptions options = NetworkOptions.dense().withThreads(threads).withListener(moments);
    try (Network dense = Network.of(model, Map.of(), options)) {
      network.calibration().forEach(batch -> dense.run(batch.inputs()));
    }
    return moments;
  }
}
