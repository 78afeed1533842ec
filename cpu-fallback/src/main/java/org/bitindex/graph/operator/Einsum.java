package org.bitindex.graph.operator;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Tensor;

/**
 * Einsum: products of elements, summed over the indices that the output does not have, in double,
 * the last index fastest.
 */
final class Einsum {
  /** Stands for the first of the dimensions of an ellipsis; they have capital letters in Greek. */
  private static final char ELLIPSIS = 'Α';

  private Einsum() {}

  static Operator.Single create(NodeContext node) {
    String equation = node.text("equation", "").replace(" ", "");
    return in -> run(equation, in);
  }

  private static Tensor run(String equation, Inputs in) {
    int arrow = equation.indexOf("->");
    String[] terms = (arrow < 0 ? equation : equation.substring(0, arrow)).split(",", -1);
    if (terms.length != in.tensors().length) {
      throw new IllegalArgumentException(
          "equation " + equation + " does not have " + in.tensors().length + " terms");
    }
    List<Tensor> tensors = new ArrayList<>();
    int dots = 0;
    for (int t = 0; t < terms.length; t++) {
      tensors.add(in.get(t));
      if (terms[t].contains("...")) {
        dots = Math.max(dots, in.get(t).rank() - terms[t].length() + 3);
      }
    }
    for (int t = 0; t < terms.length; t++) {
      terms[t] = expanded(terms[t], tensors.get(t).rank() - terms[t].length() + 3, dots);
    }
    String output =
        arrow < 0 ? implicit(terms) : expanded(equation.substring(arrow + 2), dots, dots);
    return sum(terms, tensors, output);
  }

  private static String expanded(String term, int own, int all) {
    var letters = new StringBuilder();
    for (int i = all - own; i < all; i++) {
      letters.append((char) (ELLIPSIS + i));
    }
    return term.replace("...", letters);
  }

  /** Without an arrow: letters that appear once, in alphabetical order, after an ellipsis. */
  private static String implicit(String[] terms) {
    String all = String.join("", terms);
    var output = new StringBuilder();
    all.chars()
        .distinct()
        .filter(c -> c >= ELLIPSIS || all.indexOf(c) == all.lastIndexOf(c))
        .sorted()
        .mapToObj(c -> (char) c)
        .sorted((a, b) -> Boolean.compare(b >= ELLIPSIS, a >= ELLIPSIS))
        .forEach(output::append);
    return output.toString();
  }

  private static Tensor sum(String[] terms, List<Tensor> tensors, String output) {
    String letters = output;
    for (String term : terms) {
      for (int i = 0; i < term.length(); i++) {
        char c = term.charAt(i);
        letters = letters.indexOf(c) < 0 ? letters + c : letters;
      }
    }
    int[] sizes = new int[letters.length()];
    java.util.Arrays.fill(sizes, 1);
    int[][] strides = new int[terms.length][letters.length()];
    for (int t = 0; t < terms.length; t++) {
      Tensor x = tensors.get(t);
      if (terms[t].length() != x.rank()) {
        throw new IllegalArgumentException("term " + terms[t] + " does not fit " + x);
      }
      int[] own = Shapes.strides(x.shape());
      for (int d = 0; d < x.rank(); d++) {
        int letter = letters.indexOf(terms[t].charAt(d));
        if (x.size(d) != 1) {
          if (sizes[letter] != 1 && sizes[letter] != x.size(d)) {
            throw new IllegalArgumentException("term " + terms[t] + " does not fit " + x);
          }
          sizes[letter] = x.size(d);
          strides[t][letter] += own[d];
        }
      }
    }
    int[] shape = java.util.Arrays.copyOf(sizes, output.length());
    int inner = Shapes.count(sizes, output.length(), sizes.length);
    Tensor y = Tensor.zeros(tensors.getFirst().type(), shape);
    int[] whole = Shapes.strides(sizes);
    for (int i = 0; i < y.length(); i++) {
      double total = 0;
      for (int j = 0; j < inner; j++) {
        int place = i * inner + j;
        double product = 1;
        for (int t = 0; t < terms.length; t++) {
          int at = 0;
          for (int d = 0; d < sizes.length; d++) {
            at += place / whole[d] % sizes[d] * strides[t][d];
          }
          product *= tensors.get(t).number(at);
        }
        total += product;
      }
      switch (y.elements()) {
        case float[] out -> out[i] = (float) total;
        case double[] out -> out[i] = total;
        default -> y.longs()[i] = (long) total;
      }
    }
    return y;
  }
}
