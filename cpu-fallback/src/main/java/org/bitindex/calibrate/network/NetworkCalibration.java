package org.bitindex.calibrate.network;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.encode.Recipe;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;
import org.bitindex.onnx.Model;
import org.jspecify.annotations.Nullable;

/**
 * Encodes the weights of a network's products, calibrated for the inputs that they got in it
 * ({@link Recipe#calibrate}). Where a constant is added to a product's outputs alone, it makes up
 * for their mean error: it is changed too.
 */
public final class NetworkCalibration {
  private final ProductMoments moments;
  private final Map<String, String> biases;
  private final Set<String> lookedUp;
  private final Map<String, float[]> corrected = new HashMap<>();
  private int calibrated;

  /**
   * A calibration.
   *
   * @param biases names of tensors that are added to the outputs of some weights and to nothing
   *     else, by the names of the weights
   * @param lookedUp weights whose rows are also used as they are, such as embeddings
   * @param moments of the inputs of products; those of a matrix are let go of when it is encoded
   */
  public NetworkCalibration(
      Map<String, String> biases, Set<String> lookedUp, ProductMoments moments) {
    this.moments = moments;
    this.lookedUp = Set.copyOf(lookedUp);
    this.biases = Map.copyOf(biases);
  }

  /** As above, with the biases of a network. */
  public static NetworkCalibration of(Model model, ProductMoments moments) {
    return new NetworkCalibration(Biases.of(model.graph()), Set.of(), moments);
  }

  /**
   * A tensor to carry beside the encoded weights: itself, or a bias of F32, whose elements are
   * final once all weights are encoded.
   */
  public NamedTensor carried(NamedTensor tensor) {
    if (tensor.type() != DType.F32 || !biases.containsValue(tensor.name())) {
      return tensor;
    }
    float[] values = corrected.computeIfAbsent(tensor.name(), _ -> tensor.floats());
    return NamedTensor.of(tensor.name(), tensor.shape(), values);
  }

  /**
   * Encodes one matrix; without calibration where its product got no inputs.
   *
   * @param tensor the name of the weights in the graph
   * @param index of the matrix in them
   * @return the caller closes it
   */
  public EncodedMatrix encode(Recipe recipe, Weights weights, String tensor, int index) {
    GramMatrix inputs = moments.take(tensor, index, weights.columns());
    if (inputs == null) {
      return recipe.encode(weights);
    }
    calibrated++;
    float[] bias = bias(tensor, weights.rows());
    if (bias == null) {
      return recipe.calibrate(weights, lookedUp.contains(tensor) ? inputs.plusIdentity() : inputs);
    }
    Recipe.Layer layer = recipe.calibrate(weights, bias, inputs);
    System.arraycopy(layer.bias(), 0, bias, 0, bias.length);
    return layer.weights();
  }

  /** The name of the bias that is changed together with some weights, or null. */
  @Nullable String bias(String tensor) {
    return biases.get(tensor);
  }

  private float @Nullable [] bias(String tensor, int rows) {
    String name = bias(tensor);
    float[] bias = name == null ? null : corrected.get(name);
    return bias != null && bias.length == rows ? bias : null;
  }

  /** Number of matrices that were calibrated. */
  public int calibrated() {
    return calibrated;
  }
}
