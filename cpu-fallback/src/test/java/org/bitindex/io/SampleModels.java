package org.bitindex.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/** Encoded matrices of every code, layout and kind of scale. */
final class SampleModels {
  private SampleModels() {}

  static List<Encoder> encoders() {
    List<Encoder> encoders = new ArrayList<>();
    for (Code code :
        List.of(
            new Code.Binary(0.1f),
            new Code.Ternary(-0.3f, 0.2f),
            new Code.Affine(1),
            new Code.Affine(4),
            new Code.Symmetric(2),
            new Code.Symmetric(5))) {
      boolean hasRange = code instanceof Code.Affine || code instanceof Code.Symmetric;
      for (Layout layout :
          List.of(
              new Layout.Flat(),
              new Layout.Blocked(64),
              new Layout.Blocked(512),
              new Layout.Adaptive(1),
              new Layout.Adaptive())) {
        for (ScaleMode mode : ScaleMode.values()) {
          if (mode != ScaleMode.NONE || !hasRange) {
            encoders.add(new Encoder(code, mode, layout, 1));
          }
        }
      }
    }
    return encoders;
  }

  /** A name that tells the encoder. */
  static String name(Encoder encoder) {
    return "%s.%s.%s".formatted(encoder.code(), encoder.layout(), encoder.scaleMode());
  }

  /** Gaussian rows from empty to dense, and rows of one run, of one weight and of equal weights. */
  static DenseMatrix weights(int rows, int columns, long seed) {
    var random = new Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      int column = i % columns;
      boolean nonzero =
          switch (row) {
            case 1 -> column >= columns / 4 && column < columns / 2;
            case 2 -> column == columns / 3;
            case 3 -> true;
            default -> random.nextDouble() < Math.pow((double) row / rows, 3);
          };
      boolean equal = row == 1 || row == 3;
      values[i] = !nonzero ? 0f : equal ? 1f : (float) random.nextGaussian(0.5, 1);
    }
    return DenseMatrix.of(rows, columns, values);
  }

  /**
   * Name, shape and CRC-32 of the decoded little-endian floats, as docs/read_bie.py prints them.
   */
  static String fingerprint(String name, Weights weights) {
    var crc = new CRC32();
    var bytes = ByteBuffer.allocate(weights.columns() * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float[] row : Rows.of(weights)) {
      bytes.clear().asFloatBuffer().put(row);
      crc.update(bytes.array());
    }
    return "%s %d %d %08x".formatted(name, weights.rows(), weights.columns(), crc.getValue());
  }

  /** A model of one small matrix of each encoder, with a carried tensor. */
  static ModelWriter small(List<EncodedMatrix> matrices) {
    var writer = new ModelWriter().metadata("source", "random");
    for (int i = 0; i < matrices.size(); i++) {
      writer.add("m" + i, matrices.get(i));
    }
    float[] bias = new float[matrices.getFirst().rows()];
    for (int i = 0; i < bias.length; i++) {
      bias[i] = i + 1;
    }
    return writer.add(NamedTensor.of("m0.bias", List.of((long) bias.length), bias));
  }
}
