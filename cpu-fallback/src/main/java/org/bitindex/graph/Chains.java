package org.bitindex.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.graph.operator.Operator;
import org.bitindex.graph.operator.Product;
import org.bitindex.graph.operator.RowProduct;
import org.jspecify.annotations.Nullable;

/**
 * Puts one step in the place of products with encoded weights that follow each other, ReLU after
 * some of them: one plan runs all, and values between them stay on its device. A value that another
 * step or an output reads as well ends a chain. The bits are those of the separate steps.
 */
final class Chains {
  private final List<Product> products;
  private final Map<Integer, Integer> readers = new HashMap<>();
  private final List<Program.@Nullable Step> joined = new ArrayList<>();

  /** Where in {@link #joined} the chain is whose value one step reads. */
  private final Map<Integer, Integer> open = new HashMap<>();

  private Chains(List<Product> products) {
    this.products = products;
  }

  /**
   * Joins.
   *
   * @param outputs values that are read after the last step
   * @param products gets the products of chains in the place of those in them
   */
  static List<Program.Step> join(List<Program.Step> steps, int[] outputs, List<Product> products) {
    var chains = new Chains(products);
    steps.forEach(step -> chains.count(step.inputs()));
    chains.count(outputs);
    steps.forEach(chains::add);
    List<Program.Step> whole = new ArrayList<>();
    for (Program.Step step : chains.joined) {
      if (step != null) {
        whole.add(step);
      }
    }
    return whole;
  }

  private void count(int[] read) {
    for (int value : read) {
      readers.merge(value, 1, Integer::sum);
    }
  }

  private void add(Program.Step step) {
    EncodedProduct product = product(step);
    int[] inputs = step.inputs();
    Integer place = inputs.length == 0 ? null : open.get(inputs[0]);
    Program.Step before = place == null ? null : joined.get(place);
    EncodedProduct head = before == null ? null : product(before);
    Program.Step whole = step;
    if (place != null && before != null && head != null) {
      EncodedProduct chain = null;
      if (step.node().is("Relu")) {
        chain = head.thenRelu();
      } else if (product != null && product.columns() == head.rows()) {
        chain = head.then(product);
      }
      if (chain != null) {
        products.remove(head);
        products.remove(product);
        products.add(chain);
        joined.set(place, null);
        int[] input = {before.inputs()[0]};
        var operator = new Operator.One(new RowProduct(chain));
        whole = new Program.Step(before.node(), operator, input, step.outputs(), new int[0]);
      }
    }
    joined.add(whole);
    int output = whole.outputs()[0];
    EncodedProduct last = product(whole);
    if (last != null && last.isOpen() && readers.getOrDefault(output, 0) == 1) {
      open.put(output, joined.size() - 1);
    }
  }

  private static @Nullable EncodedProduct product(Program.Step step) {
    return step.operator() instanceof Operator.One(RowProduct(EncodedProduct product))
        ? product
        : null;
  }
}
