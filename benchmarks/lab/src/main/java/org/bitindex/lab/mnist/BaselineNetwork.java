package org.bitindex.lab.mnist;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bitindex.baseline.Baseline;
import org.bitindex.matrix.Weights;
import org.bitindex.nn.train.DenseLayer;
import org.bitindex.nn.train.DenseNetwork;

/** A network whose weights are stored in the format of a baseline. */
final class BaselineNetwork {
  private final List<DenseLayer> layers;
  private final List<Baseline> weights;

  BaselineNetwork(DenseNetwork network, Function<Weights, Baseline> format) {
    layers = network.layers();
    weights = layers.stream().map(layer -> format.apply(layer)).toList();
  }

  /** The format's name. */
  String name() {
    return weights.getFirst().name();
  }

  /** Bytes stored: weights and biases. */
  long bytes() {
    long bytes = 0;
    for (Baseline layer : weights) {
      bytes += layer.bytes() + (long) layer.rows() * Float.BYTES;
    }
    return bytes;
  }

  /** The input of each layer, and last the outputs of the network, for a row-major batch. */
  List<float[]> apply(float[] input, int batch) {
    List<float[]> values = new ArrayList<>(List.of(input));
    for (int i = 0; i < layers.size(); i++) {
      DenseLayer layer = layers.get(i);
      float[] output = new float[batch * layer.rows()];
      weights.get(i).multiply(values.getLast(), batch, output);
      float[] bias = layer.bias();
      for (int n = 0; n < output.length; n++) {
        output[n] = layer.activation().apply(output[n] + bias[n % bias.length]);
      }
      values.add(output);
    }
    return values;
  }
}
