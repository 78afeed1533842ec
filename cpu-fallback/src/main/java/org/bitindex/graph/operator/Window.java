package org.bitindex.graph.operator;

import java.util.Arrays;
import org.bitindex.graph.tensor.Shapes;
import org.jspecify.annotations.Nullable;

/**
 * A window that moves over the last dimensions of [batch x channels x ...], as convolution and
 * pooling use it.
 *
 * @param input sizes of these dimensions
 * @param kernel sizes of the window
 * @param strides from one position to the next
 * @param dilations between elements of the window
 * @param before padding before the first element
 * @param after padding behind the last
 * @param output number of positions
 */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
record Window(
    int[] input,
    int[] kernel,
    int[] strides,
    int[] dilations,
    int[] before,
    int[] after,
    int[] output) {
  /** The window that a node's attributes describe. */
  static Window of(NodeContext node, int[] shape, int[] kernel) {
    int[] input = Arrays.copyOfRange(shape, 2, shape.length);
    int rank = kernel.length;
    if (input.length != rank) {
      throw new IllegalArgumentException(
          "input has " + input.length + " dimensions in space, the kernel " + rank);
    }
    int[] strides = orOnes(node.sizes("strides"), rank);
    int[] dilations = orOnes(node.sizes("dilations"), rank);
    int[] pads = node.sizes("pads");
    int[] before = pads == null ? new int[rank] : Arrays.copyOf(pads, rank);
    int[] after = pads == null ? new int[rank] : Arrays.copyOfRange(pads, rank, 2 * rank);
    String auto = node.text("auto_pad", "NOTSET");
    boolean ceil = node.flag("ceil_mode", false);
    int[] output = new int[rank];
    for (int d = 0; d < rank; d++) {
      int extent = (kernel[d] - 1) * dilations[d] + 1;
      if (auto.startsWith("SAME")) {
        output[d] = Math.ceilDiv(input[d], strides[d]);
        int total = Math.max(0, (output[d] - 1) * strides[d] + extent - input[d]);
        before[d] = auto.equals("SAME_LOWER") ? total - total / 2 : total / 2;
        after[d] = total - before[d];
      } else {
        if (auto.equals("VALID")) {
          before[d] = 0;
          after[d] = 0;
        }
        int room = input[d] + before[d] + after[d] - extent;
        output[d] = 1 + (ceil ? Math.ceilDiv(room, strides[d]) : Math.floorDiv(room, strides[d]));
        // A window must not begin behind the input.
        if (ceil && (output[d] - 1) * strides[d] >= input[d] + before[d]) {
          output[d]--;
        }
      }
      if (output[d] < 0 || strides[d] < 1) {
        throw new IllegalArgumentException(
            "a window of " + extent + " does not fit an input of " + input[d]);
      }
    }
    return new Window(input, kernel, strides, dilations, before, after, output);
  }

  static int[] orOnes(int @Nullable [] values, int rank) {
    if (values != null) {
      return values;
    }
    int[] ones = new int[rank];
    Arrays.fill(ones, 1);
    return ones;
  }

  /** Elements of a channel. */
  int inputCount() {
    return Shapes.count(input);
  }

  /** Positions. */
  int outputCount() {
    return Shapes.count(output);
  }

  /** Elements of the window. */
  int kernelCount() {
    return Shapes.count(kernel);
  }

  /** Where in a channel an element of the window lies at a position; -1 in the padding. */
  int place(int element, int position) {
    int place = 0;
    int e = element;
    int p = position;
    int stride = 1;
    for (int d = kernel.length - 1; d >= 0; d--) {
      int at = p % output[d] * strides[d] - before[d] + e % kernel[d] * dilations[d];
      if (at < 0 || at >= input[d]) {
        return -1;
      }
      place += at * stride;
      stride *= input[d];
      e /= kernel[d];
      p /= output[d];
    }
    return place;
  }

  /** True if a position sees one element, which has its number. */
  boolean isPointwise() {
    return kernelCount() == 1 && Arrays.equals(input, output) && Arrays.stream(before).sum() == 0;
  }

  /** The places of all elements at the positions {@code from} to {@code to} - 1, by position. */
  int[] places(int from, int to) {
    int elements = kernelCount();
    int[] places = new int[(to - from) * elements];
    for (int p = from; p < to; p++) {
      for (int e = 0; e < elements; e++) {
        places[(p - from) * elements + e] = place(e, p);
      }
    }
    return places;
  }

  /** Elements of the window that lie in input or padding at a position. */
  int countInPadded(int position) {
    int count = 1;
    int p = position;
    for (int d = kernel.length - 1; d >= 0; d--) {
      int start = p % output[d] * strides[d] - before[d];
      int inside = 0;
      for (int e = 0; e < kernel[d]; e++) {
        inside += start + e * dilations[d] < input[d] + after[d] ? 1 : 0;
      }
      count *= inside;
      p /= output[d];
    }
    return count;
  }
}
