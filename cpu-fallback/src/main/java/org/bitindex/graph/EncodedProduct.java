package org.bitindex.graph;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.backend.Activation;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.graph.operator.Product;
import org.bitindex.onnx.DataType;
import org.jspecify.annotations.Nullable;

/** Layers of encoded weights, one after the other, by one plan of a backend. */
final class EncodedProduct implements Product {
  private final List<Linear> layers;
  private final Backend backend;
  private final int activationBits;
  private final DataType type;
  private volatile @Nullable Plan plan;

  /**
   * Layers.
   *
   * @param type of the node's outputs, to which it rounds them
   */
  EncodedProduct(List<Linear> layers, Backend backend, int activationBits, DataType type) {
    this.layers = List.copyOf(layers);
    this.backend = backend;
    this.activationBits = activationBits;
    this.type = type;
  }

  /** Whether outputs are those of the layers, not rounded, so that more may follow in one plan. */
  boolean isOpen() {
    return type == DataType.FLOAT;
  }

  /** This product and then the next, which takes its outputs. */
  EncodedProduct then(EncodedProduct next) {
    List<Linear> all = new ArrayList<>(layers);
    all.addAll(next.layers);
    return new EncodedProduct(all, backend, activationBits, type);
  }

  /** This product and then ReLU. */
  EncodedProduct thenRelu() {
    List<Linear> all = new ArrayList<>(layers);
    Linear last = all.removeLast();
    all.add(new Linear(last.weights(), last.bias(), Activation.RELU));
    return new EncodedProduct(all, backend, activationBits, type);
  }

  @Override
  public int rows() {
    return layers.getLast().weights().rows();
  }

  @Override
  public int columns() {
    return layers.getFirst().weights().columns();
  }

  @Override
  public void prepare() {
    plan();
  }

  /** Made late: until the network is whole, products may be joined. */
  private Plan plan() {
    Plan made = plan;
    if (made != null) {
      return made;
    }
    synchronized (this) {
      made = plan == null ? backend.plan(layers, activationBits) : plan;
      plan = made;
      return made;
    }
  }

  @Override
  public long preparedBytes() {
    return plan().preparedBytes();
  }

  @Override
  public void multiply(float[] input, int batch, float[] output) {
    plan().execute(input, batch, output);
  }

  @Override
  public void close() {
    Plan made = plan;
    if (made != null) {
      made.close();
    }
  }
}
