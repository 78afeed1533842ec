package org.bitindex.graph.train;

import java.util.List;
import java.util.Map;
import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.Strided;
import org.bitindex.graph.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Of operators that move elements: slopes move back. */
final class ShapeDerivatives {
  private ShapeDerivatives() {}

  static void list(Map<String, Derivative> table) {
    for (String name : List.of("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity")) {
      table.put(name, p -> first(p, p.slope().reshaped(p.input(0).shape())));
    }
    table.put("Transpose", ShapeDerivatives::transpose);
    table.put("Gather", ShapeDerivatives::gather);
  }

  private static @Nullable Tensor[] first(Derivative.Place p, Tensor slope) {
    @Nullable Tensor[] slopes = new Tensor[p.inputs().length];
    slopes[0] = slope;
    return slopes;
  }

  private static @Nullable Tensor[] transpose(Derivative.Place p) {
    int rank = p.y().rank();
    long[] order = p.node().integers("perm");
    int[] own = Shapes.strides(p.y().shape());
    int[] strides = new int[rank];
    for (int d = 0; d < rank; d++) {
      strides[order == null ? rank - 1 - d : (int) order[d]] = own[d];
    }
    return first(p, Strided.copy(p.slope(), 0, p.input(0).shape(), strides));
  }

  private static @Nullable Tensor[] gather(Derivative.Place p) {
    Tensor x = p.input(0);
    int axis = Shapes.axis(p.node().integer("axis", 0), x.rank());
    int outer = Shapes.count(x.shape(), 0, axis);
    int inner = Shapes.count(x.shape(), axis + 1, x.rank());
    int size = x.size(axis);
    long[] places = p.input(1).longs();
    float[] d = p.slope().floats();
    float[] dx = new float[x.length()];
    for (int o = 0; o < outer; o++) {
      for (int i = 0; i < places.length; i++) {
        int from = (o * places.length + i) * inner;
        int to = (o * size + Math.floorMod(places[i], size)) * inner; // -1 is the last
        for (int e = 0; e < inner; e++) {
          dx[to + e] += d[from + e];
        }
      }
    }
    return first(p, Tensor.of(x.shape(), dx));
  }
}
