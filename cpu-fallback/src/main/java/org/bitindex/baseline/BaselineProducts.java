package org.bitindex.baseline;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import org.bitindex.internal.BatchLength;
import org.bitindex.internal.VectorApi;

/**
 * The outer loops of a product: blocks of rows, and for each all samples, in panels where there are
 * enough of them.
 */
final class BaselineProducts {
  static final ProductKernel KERNEL =
      VectorApi.isPresent() ? vector(VectorApi.preferredBits()) : new ScalarProductKernel();

  /** Off the heap, because there vectors do not straddle cache lines. */
  private static final long ALIGNMENT = 64;

  /** Columns that are transposed together. */
  private static final int TILE = 16;

  /** A thread's panels, kept for its next product. */
  private static final ThreadLocal<MemorySegment> MEMORY =
      ThreadLocal.withInitial(() -> MemorySegment.NULL);

  private BaselineProducts() {}

  /** The vector kernel of one width: 128, 256 or 512 bits. */
  static ProductKernel vector(int bits) {
    return VectorApi.load(MethodHandles.lookup(), ProductKernel.class, "VectorProductKernel", bits);
  }

  static void multiply(Baseline weights, RowBlock block, float[] input, int batch, float[] output) {
    BatchLength.require("input", input.length, batch, weights.columns());
    BatchLength.require("output", output.length, batch, weights.rows());
    if (4 * batch < KERNEL.width()) {
      multiplySamples(weights, block, input, batch, output);
    } else {
      multiplyPanels(weights, block, input, batch, output);
    }
  }

  private static void multiplySamples(
      Baseline weights, RowBlock block, float[] input, int batch, float[] output) {
    int rows = weights.rows();
    float[] y = new float[RowBlock.ROWS];
    for (int first = 0; first < rows; first += RowBlock.ROWS) {
      int count = Math.min(RowBlock.ROWS, rows - first);
      block.load(first, count);
      for (int n = 0; n < batch; n++) {
        block.multiplySample(input, n * weights.columns(), y);
        System.arraycopy(y, 0, output, n * rows + first, count);
      }
    }
  }

  private static void multiplyPanels(
      Baseline weights, RowBlock block, float[] input, int batch, float[] output) {
    int rows = weights.rows();
    int width = KERNEL.width();
    float[] y = new float[RowBlock.ROWS * width];
    MemorySegment[] panels = panels(input, batch, weights.columns());
    for (int first = 0; first < rows; first += RowBlock.ROWS) {
      int count = Math.min(RowBlock.ROWS, rows - first);
      block.load(first, count);
      for (int p = 0; p < panels.length; p++) {
        block.multiplyPanel(panels[p], y);
        int samples = Math.min(width, batch - p * width);
        for (int s = 0; s < samples; s++) {
          int at = (p * width + s) * rows + first;
          for (int r = 0; r < count; r++) {
            output[at + r] = y[r * width + s];
          }
        }
      }
    }
  }

  /** The samples by column; those missing from the last panel are zeros. */
  private static MemorySegment[] panels(float[] input, int batch, int columns) {
    int width = KERNEL.width();
    MemorySegment[] panels = new MemorySegment[(batch + width - 1) / width];
    long bytes = (long) columns * width * Float.BYTES;
    SegmentAllocator memory = memory(panels.length * (bytes + ALIGNMENT));
    for (int p = 0; p < panels.length; p++) {
      MemorySegment panel = memory.allocate(bytes, ALIGNMENT);
      int samples = Math.min(width, batch - p * width);
      if (samples < width) {
        panel.fill((byte) 0);
      }
      for (int tile = 0; tile < columns; tile += TILE) {
        int end = Math.min(tile + TILE, columns);
        for (int s = 0; s < samples; s++) {
          int at = (p * width + s) * columns;
          for (int j = tile; j < end; j++) {
            panel.setAtIndex(ValueLayout.JAVA_FLOAT, (long) j * width + s, input[at + j]);
          }
        }
      }
      panels[p] = panel;
    }
    return panels;
  }

  private static SegmentAllocator memory(long bytes) {
    MemorySegment memory = MEMORY.get();
    if (memory.byteSize() < bytes) {
      memory = Arena.ofAuto().allocate(bytes, ALIGNMENT);
      MEMORY.set(memory);
    }
    return SegmentAllocator.slicingAllocator(memory);
  }
}
