package org.bitindex.graph.tensor;

import java.util.Arrays;
import java.util.List;

/** Sizes of dimensions, and where elements lie. */
public final class Shapes {
  private Shapes() {}

  /**
   * Number of elements.
   *
   * @throws IllegalArgumentException if a size is negative or an array cannot hold so many
   */
  public static int count(int... shape) {
    long count = 1;
    for (int size : shape) {
      if (size < 0) {
        throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " is negative");
      }
      count = Math.min(count * size, 1L << 32);
    }
    if (count > Integer.MAX_VALUE - 8) {
      for (int size : shape) {
        if (size == 0) {
          return 0;
        }
      }
      throw new IllegalArgumentException(
          "shape " + Arrays.toString(shape) + " has more elements than an array holds");
    }
    return (int) count;
  }

  /** The number of elements in dimensions {@code from} to {@code to} - 1. */
  public static int count(int[] shape, int from, int to) {
    return count(Arrays.copyOfRange(shape, from, to));
  }

  /** A model's shape. */
  public static int[] of(List<Long> sizes) {
    return sizes.stream().mapToInt(Math::toIntExact).toArray();
  }

  /** Elements from one place of a dimension to the next. */
  public static int[] strides(int... shape) {
    int[] strides = new int[shape.length];
    int stride = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = stride;
      stride *= shape[d];
    }
    return strides;
  }

  /**
   * A dimension by its number, which counts from the end if negative.
   *
   * @throws IllegalArgumentException if there is no such dimension
   */
  public static int axis(long axis, int rank) {
    long counted = axis < 0 ? axis + rank : axis;
    if (counted < 0 || counted >= rank) {
      throw new IllegalArgumentException("axis is " + axis + ", the tensor has rank " + rank);
    }
    return (int) counted;
  }

  /** Several dimensions; see {@link #axis}. */
  public static int[] axes(long[] axes, int rank) {
    return Arrays.stream(axes).mapToInt(axis -> axis(axis, rank)).toArray();
  }

  /**
   * The shape that two broadcast to.
   *
   * @throws IllegalArgumentException if they do not fit
   */
  public static int[] broadcast(int[] a, int[] b) {
    int[] shape = new int[Math.max(a.length, b.length)];
    for (int d = 1; d <= shape.length; d++) {
      int x = d <= a.length ? a[a.length - d] : 1;
      int y = d <= b.length ? b[b.length - d] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new IllegalArgumentException(
            "shapes " + Arrays.toString(a) + " and " + Arrays.toString(b) + " do not broadcast");
      }
      shape[shape.length - d] = x == 1 ? y : x;
    }
    return shape;
  }

  /** Strides with which a tensor of shape {@code from} is read as one of shape {@code to}. */
  public static int[] broadcastStrides(int[] from, int[] to) {
    int[] own = strides(from);
    int[] strides = new int[to.length];
    int shift = to.length - from.length;
    for (int d = 0; d < from.length; d++) {
      strides[d + shift] = from[d] == 1 && to[d + shift] != 1 ? 0 : own[d];
    }
    return strides;
  }

  /** The shape with one size changed. */
  public static int[] with(int[] shape, int dimension, int size) {
    int[] changed = shape.clone();
    changed[dimension] = size;
    return changed;
  }
}
