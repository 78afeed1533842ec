package org.bitindex.io;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ScaleMode;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;

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
              new Layout.Adaptive(64),
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

  /** Gaussian weights whose rows run from all zeros over sparse to dense. */
  static DenseMatrix weights(int rows, int columns, long seed) {
    var random = new Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      int row = i / columns;
      double density = row / Math.max(1.0, rows - 1);
      values[i] = random.nextDouble() < density ? (float) random.nextGaussian() : 0f;
    }
    return DenseMatrix.of(rows, columns, values);
  }

  /** A model of one small matrix of each encoder, with two layers and a carried tensor. */
  static ModelWriter small(List<EncodedMatrix> matrices) {
    var writer = new ModelWriter().metadata("source", "random");
    for (int i = 0; i < matrices.size(); i++) {
      writer.add("m" + i, matrices.get(i));
    }
    return writer
        .add(Tensor.of("m0.bias", List.of((long) matrices.getFirst().rows()), 1, 2, 3))
        .add(new ModelLayer("m0", "m0.bias", "relu"))
        .add(new ModelLayer("m1", null, "none"));
  }
}
