package org.bitindex.nn.train;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.calibrate.GramMatrix;
import org.bitindex.encode.Recipe;
import org.bitindex.nn.Sequential;

/**
 * A small network of {@link DenseLayer}s, the form in which networks are trained.
 *
 * @param layers at least one; each layer's columns are the rows of the one before it
 */
public record DenseNetwork(List<DenseLayer> layers) {
  /** The generator of all random choices: its sequence is fixed by its definition. */
  static final String GENERATOR = "L64X128MixRandom";

  public DenseNetwork {
    layers = List.copyOf(layers);
    if (layers.isEmpty()) {
      throw new IllegalArgumentException("a network needs at least one layer");
    }
    for (int i = 1; i < layers.size(); i++) {
      if (layers.get(i).columns() != layers.get(i - 1).rows()) {
        throw new IllegalArgumentException(
            "layer "
                + i
                + " has "
                + layers.get(i).columns()
                + " columns, layer "
                + (i - 1)
                + " has "
                + layers.get(i - 1).rows()
                + " rows");
      }
    }
  }

  /**
   * An untrained network with ReLU after all layers but the last.
   *
   * @param widths features of the input, then the outputs of each layer: 784, 300, 100, 10
   */
  public static DenseNetwork random(long seed, int... widths) {
    RandomGenerator generator = RandomGeneratorFactory.of(GENERATOR).create(seed);
    List<DenseLayer> layers = new ArrayList<>();
    for (int i = 1; i < widths.length; i++) {
      Activation activation = i == widths.length - 1 ? Activation.NONE : Activation.RELU;
      layers.add(DenseLayer.random(widths[i], widths[i - 1], activation, generator));
    }
    return new DenseNetwork(layers);
  }

  /** A copy that can be pruned and trained by itself. */
  public DenseNetwork copy() {
    return new DenseNetwork(layers.stream().map(DenseLayer::copy).toList());
  }

  /**
   * Prunes each layer but the last to {@code sparsity}, as {@link DenseLayer#prune}. The last layer
   * has few weights, and each class hangs on all of them.
   */
  public void prune(double sparsity) {
    layers.subList(0, layers.size() - 1).forEach(layer -> layer.prune(sparsity));
  }

  /** The layers, encoded; to be closed. */
  public Sequential encode(Recipe recipe) {
    return new Sequential(
        layers.stream()
            .map(layer -> new Linear(recipe.encode(layer), layer.bias(), layer.activation()))
            .toList());
  }

  /**
   * The layers, encoded and calibrated; to be closed.
   *
   * @param inputs for each layer the moments of its inputs
   */
  public Sequential calibrate(Recipe recipe, List<GramMatrix> inputs) {
    List<Linear> calibrated = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      DenseLayer layer = layers.get(i);
      Recipe.Layer result = recipe.calibrate(layer, layer.bias(), inputs.get(i));
      calibrated.add(new Linear(result.weights(), result.bias(), layer.activation()));
    }
    return new Sequential(calibrated);
  }
}
