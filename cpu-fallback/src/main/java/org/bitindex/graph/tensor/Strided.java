package org.bitindex.graph.tensor;

import java.util.Arrays;

/** Copies elements that lie at regular distances: transposed, sliced, repeated. */
public final class Strided {
  private Strided() {}

  /**
   * The tensor whose element (i, j, ...) is element {@code offset + i * strides[0] + j * strides[1]
   * + ...} of {@code x}.
   *
   * @param strides may be 0 or negative
   */
  public static Tensor copy(Tensor x, int offset, int[] shape, int[] strides) {
    Object target = Tensor.newArray(x.type(), Shapes.count(shape));
    copy(x.elements(), offset, strides, target, 0, Shapes.strides(shape), shape);
    return new Tensor(x.type(), shape, target);
  }

  /** Copies a block of this shape from one array to another of the same kind. */
  public static void copy(
      Object source,
      int sourceOffset,
      int[] sourceStrides,
      Object target,
      int targetOffset,
      int[] targetStrides,
      int[] shape) {
    if (Arrays.stream(shape).anyMatch(size -> size == 0)) {
      return;
    }
    // The innermost dimensions that lie densely in both are one.
    int rank = shape.length;
    int run = 1;
    while (rank > 0 && sourceStrides[rank - 1] == run && targetStrides[rank - 1] == run) {
      run *= shape[--rank];
    }
    if (rank == 0) {
      System.arraycopy(source, sourceOffset, target, targetOffset, run);
      return;
    }
    int last = rank - 1;
    int[] at = new int[rank];
    int from = sourceOffset;
    int to = targetOffset;
    while (true) {
      row(source, from, sourceStrides[last], target, to, targetStrides[last], shape[last], run);
      int d = last - 1;
      for (; d >= 0; d--) {
        from += sourceStrides[d];
        to += targetStrides[d];
        if (++at[d] < shape[d]) {
          break;
        }
        from -= shape[d] * sourceStrides[d];
        to -= shape[d] * targetStrides[d];
        at[d] = 0;
      }
      if (d < 0) {
        return;
      }
    }
  }

  private static void row(
      Object source,
      int from,
      int fromStride,
      Object target,
      int to,
      int toStride,
      int count,
      int run) {
    if (run > 1) {
      for (int i = 0; i < count; i++) {
        System.arraycopy(source, from + i * fromStride, target, to + i * toStride, run);
      }
      return;
    }
    switch (source) {
      case float[] x -> {
        float[] y = (float[]) target;
        for (int i = 0; i < count; i++) {
          y[to + i * toStride] = x[from + i * fromStride];
        }
      }
      case long[] x -> {
        long[] y = (long[]) target;
        for (int i = 0; i < count; i++) {
          y[to + i * toStride] = x[from + i * fromStride];
        }
      }
      default -> {
        for (int i = 0; i < count; i++) {
          System.arraycopy(source, from + i * fromStride, target, to + i * toStride, 1);
        }
      }
    }
  }
}
