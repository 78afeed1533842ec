package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Tensor;

/** The product of each row of the first input, and nothing else: X B or X B + bias. */
public record RowProduct(Product product) implements Operator.Single {
  @Override
  public Tensor run(Inputs in) {
    return ProductOperators.rows(product, in.get(0));
  }
}
