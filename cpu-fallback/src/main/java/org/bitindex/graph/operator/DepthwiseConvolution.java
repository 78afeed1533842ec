package org.bitindex.graph.operator;

import org.bitindex.graph.tensor.Shapes;
import org.bitindex.graph.tensor.TensorKernels;
import org.bitindex.graph.tensor.WindowKernel;
import org.bitindex.internal.Parallel;

/**
 * A convolution with one input channel a group: sums over the window in fused multiply-adds, in its
 * order. Each channel is copied into a frame of its padding, where an element of the window is at
 * one distance from every position of a row of outputs; where rows of outputs do not skip rows of
 * the frame, all of them are one line.
 */
final class DepthwiseConvolution {
  private final float[] x;
  private final float[] weights;
  private final Window window;

  /** Outputs a channel. */
  private final int multiplier;

  private final int channels;

  /** The frame's dimensions and their strides; the last has as many elements as columns. */
  private final int[] frame;

  private final int[] frameStrides;
  private final int[] offsets;
  private final int width;
  private final int columnStep;

  /** Rows of outputs, and where each begins in the frame. */
  private final int[] lines;

  /** Whether rows of outputs follow each other as the frame's rows do. */
  private final boolean isOneLine;

  /** Positions of the frame that are summed up at a time. */
  private final int line;

  DepthwiseConvolution(float[] x, float[] weights, Window window, int channels, int multiplier) {
    this.x = x;
    this.weights = weights;
    this.window = window;
    this.channels = channels;
    this.multiplier = multiplier;
    int rank = window.kernel().length;
    frame = new int[rank];
    for (int d = 0; d < rank; d++) {
      int reach = (window.kernel()[d] - 1) * window.dilations()[d];
      int needed = (window.output()[d] - 1) * window.strides()[d] + reach + 1;
      frame[d] = Math.max(needed, window.before()[d] + window.input()[d]);
    }
    frameStrides = Shapes.strides(frame);
    offsets = new int[window.kernelCount()];
    for (int e = 0; e < offsets.length; e++) {
      offsets[e] = place(e, window.kernel(), window.dilations(), rank);
    }
    width = window.output()[rank - 1];
    columnStep = window.strides()[rank - 1];
    lines = new int[width == 0 ? 0 : window.outputCount() / width];
    for (int row = 0; row < lines.length; row++) {
      lines[row] = place(row, window.output(), window.strides(), rank - 1);
    }
    int last = lines.length == 0 ? 0 : lines[lines.length - 1];
    isOneLine = last == (lines.length - 1) * frame[rank - 1];
    line = (isOneLine ? last : 0) + (width - 1) * columnStep + 1;
  }

  /** Where number {@code index} of a grid with these steps lies in the frame. */
  private int place(int index, int[] sizes, int[] steps, int rank) {
    int place = 0;
    int rest = index;
    for (int d = rank - 1; d >= 0; d--) {
      place += rest % sizes[d] * steps[d] * frameStrides[d];
      rest /= sizes[d];
    }
    return place;
  }

  /** Writes y as [sample][output channel][position]. */
  void run(float[] y, int threads) {
    int positions = window.outputCount();
    if (positions == 0) {
      return;
    }
    int inputs = x.length / window.inputCount();
    Parallel.forRows(
        y.length > 1 << 14 ? threads : 1,
        inputs,
        (from, to) -> {
          float[] framed = new float[Shapes.count(frame) + WindowKernel.SLACK];
          float[] sums = new float[line + WindowKernel.SLACK];
          for (int i = from; i < to; i++) {
            copy(i * window.inputCount(), framed);
            for (int m = 0; m < multiplier; m++) {
              int weightsAt = (i % channels * multiplier + m) * offsets.length;
              channel(framed, weightsAt, sums, y, (i * multiplier + m) * positions);
            }
          }
        });
  }

  private void channel(float[] framed, int weightsAt, float[] sums, float[] y, int to) {
    if (isOneLine) {
      TensorKernels.WINDOW.sums(framed, 0, weights, weightsAt, offsets, sums, 0, line);
    }
    for (int row = 0; row < lines.length; row++) {
      int from = isOneLine ? lines[row] : 0;
      if (!isOneLine) {
        TensorKernels.WINDOW.sums(framed, lines[row], weights, weightsAt, offsets, sums, 0, line);
      }
      int at = to + row * width;
      if (columnStep == 1) {
        System.arraycopy(sums, from, y, at, width);
      } else {
        for (int p = 0; p < width; p++) {
          y[at + p] = sums[from + p * columnStep];
        }
      }
    }
  }

  /** Copies a channel into its frame. */
  private void copy(int channelAt, float[] framed) {
    int last = frame.length - 1;
    int rowLength = window.input()[last];
    int rows = rowLength == 0 ? 0 : window.inputCount() / rowLength;
    for (int row = 0; row < rows; row++) {
      int to = window.before()[last];
      int rest = row;
      for (int d = last - 1; d >= 0; d--) {
        to += (rest % window.input()[d] + window.before()[d]) * frameStrides[d];
        rest /= window.input()[d];
      }
      System.arraycopy(x, channelAt + row * rowLength, framed, to, rowLength);
    }
  }
}
