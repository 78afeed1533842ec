package org.bitindex.nn;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelFile;
import org.bitindex.io.ModelLayer;
import org.bitindex.io.ModelWriter;
import org.bitindex.matrix.Tensor;

/** Networks in {@link ModelFile}s: the layers that the file's description names. */
public final class NetworkFile {
  private NetworkFile() {}

  /**
   * Writes layers as matrices {@code layer0.weight}, {@code layer1.weight} ... and tensors {@code
   * layer0.bias} ...
   *
   * @throws IllegalArgumentException if the layers do not fit each other
   * @throws IOException naming the path and the reason
   */
  public static void write(Path path, List<Linear> layers, IfExists ifExists) throws IOException {
    var writer = new ModelWriter();
    Plan.requireChain(layers);
    for (int i = 0; i < layers.size(); i++) {
      add(writer, "layer" + i, layers.get(i));
    }
    writer.write(path, ifExists);
  }

  private static void add(ModelWriter writer, String name, Linear layer) {
    String weight = name + ".weight";
    writer.add(weight, layer.weights());
    String bias = null;
    if (layer.bias() != null) {
      bias = name + ".bias";
      writer.add(Tensor.of(bias, List.of((long) layer.bias().length), layer.bias()));
    }
    String activation = layer.activation().name().toLowerCase(Locale.ROOT);
    writer.add(new ModelLayer(weight, bias, activation));
  }

  /**
   * The layers of a file, which must stay open as long as they are used; of {@link
   * ModelFile#withBits} for a network of fewer bits.
   *
   * @throws EncodedFormatException if the file describes no layers, or they do not fit each other,
   *     naming the file
   */
  public static List<Linear> layers(ModelFile file) throws EncodedFormatException {
    List<Linear> layers = new ArrayList<>();
    try {
      for (ModelLayer layer : file.layers()) {
        layers.add(
            new Linear(
                file.matrix(layer.matrix()),
                layer.bias() == null ? null : file.tensor(layer.bias()).floats(),
                activation(layer.activation())));
      }
      return Plan.requireChain(layers);
    } catch (IllegalArgumentException e) {
      throw new EncodedFormatException(file.path() + ": " + e.getMessage(), e);
    }
  }

  private static Activation activation(String name) {
    for (Activation activation : Activation.values()) {
      if (activation.name().toLowerCase(Locale.ROOT).equals(name)) {
        return activation;
      }
    }
    throw new IllegalArgumentException("there is no activation " + name);
  }
}
