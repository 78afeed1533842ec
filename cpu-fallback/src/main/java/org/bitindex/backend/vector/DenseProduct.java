package org.bitindex.backend.vector;

import java.lang.foreign.MemorySegment;
import org.bitindex.matrix.EncodedMatrix;

/** All planes at once: each weight's integer q, whatever the density, by multiply-add. */
final class DenseProduct implements Product {
  private static final int GROUP = DenseKernel.GROUP;

  /** Readable bytes past the last weight: kernels read whole vectors. */
  private static final int PADDING = 64;

  private final DenseFormat format;
  private final RowParts parts;
  private final Kernels kernels;

  /** For each part q - lowest, as [block][group][column][row]: in the order in which it is read. */
  private final byte[][] weights;

  DenseProduct(EncodedMatrix matrix, DenseFormat format, RowParts parts, Kernels kernels) {
    this.format = format;
    this.parts = parts;
    this.kernels = kernels;
    this.weights = new byte[parts.count()][];
    int[] q = new int[format.columns()];
    for (int part = 0; part < weights.length; part++) {
      int groupBytes = Math.multiplyExact(GROUP, format.columns());
      weights[part] = new byte[Math.addExact(groups(part) * groupBytes, PADDING)];
      for (int row = 0; row < parts.size(part); row++) {
        matrix.readIntegers(parts.first(part) + row, q);
        for (int j = 0; j < format.columns(); j++) {
          int group = at(part, j / DenseFormat.BLOCK_COLUMNS, row / GROUP);
          int at = group + j % DenseFormat.BLOCK_COLUMNS * GROUP + row % GROUP;
          weights[part][at] = (byte) (q[j] - format.lowest());
        }
      }
    }
  }

  /** Where the weights of a block's group begin. */
  private int at(int part, int block, int group) {
    int blockStart = groups(part) * GROUP * block * DenseFormat.BLOCK_COLUMNS;
    return blockStart + group * GROUP * format.blockColumns(block);
  }

  private int groups(int part) {
    return (parts.size(part) + GROUP - 1) / GROUP;
  }

  @Override
  public long bytes() {
    long bytes = 0;
    for (byte[] part : weights) {
      bytes += part.length;
    }
    return bytes;
  }

  @Override
  public void add(Activations x, int tile, int samples, int part, Scratch scratch) {
    int vectors = x.vectors(tile);
    int count = vectors * format.pieces();
    long second = scratch.sumsBytes();
    for (int first = 0; first < count; first += 2) {
      scratch.sums.fill((byte) 0);
      addPair(x, tile, first / 2, part, scratch);
      for (int i = first; i < Math.min(first + 2, count); i++) {
        int lane = i % vectors * kernels.lanes();
        kernels
            .lists()
            .addTransposed(
                scratch.sums,
                (i - first) * second,
                parts.size(part),
                1 << (i / vectors * format.pieceBits()),
                scratch.q,
                lane * Scratch.stride(parts.partRows()),
                Scratch.stride(parts.partRows()),
                Math.min(kernels.lanes(), samples - lane),
                scratch.transposition);
      }
    }
  }

  @Override
  public boolean writes() {
    return format.pieces() == 1;
  }

  @Override
  public void write(
      Activations x,
      int tile,
      int samples,
      int part,
      Scratch scratch,
      float[] y,
      int at,
      int stride) {
    scratch.sums.fill((byte) 0);
    addPair(x, tile, 0, part, scratch);
    for (int v = 0; v < x.vectors(tile); v++) {
      int first = v * kernels.lanes();
      kernels
          .lists()
          .writeTransposed(
              scratch.sums,
              v * scratch.sumsBytes(),
              parts.size(part),
              1,
              y,
              at + first * stride,
              stride,
              Math.min(kernels.lanes(), samples - first),
              scratch.transposition);
    }
  }

  /** The products of two vectors of parts of activations. */
  private void addPair(Activations x, int tile, int pair, int part, Scratch scratch) {
    DenseKernel kernel = kernels.dense();
    for (int block = 0; block < format.blocks(); block++) {
      int columns = format.blockColumns(block);
      MemorySegment panel = x.pair(tile, pair, block);
      for (int group = 0; group < groups(part); group++) {
        int from = at(part, block, group);
        kernel.expand(weights[part], from, columns * GROUP, format.lowest(), scratch.weights);
        long at = (long) group * GROUP * kernels.bytes();
        kernel.multiply(scratch.weights, columns, panel, scratch.groupSums);
        kernel.addSums(scratch.groupSums, scratch.sums, at, scratch.sumsBytes());
      }
    }
  }
}
