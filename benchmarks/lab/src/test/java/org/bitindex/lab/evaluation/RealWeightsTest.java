package org.bitindex.lab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.code.Code;
import org.bitindex.encode.Encoder;
import org.bitindex.encode.ReconstructionError;
import org.bitindex.encode.ScaleMode;
import org.bitindex.lab.minilm.MiniLmFiles;
import org.bitindex.layout.Layout;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.EncodedMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What must hold for the weights of a real network. */
class RealWeightsTest {
  @TempDir private static Path folder;

  @Test
  void theErrorDoesNotGrowWhenABitIsAdded() throws IOException {
    Path model = MiniLmFiles.model(folder);
    for (MatrixSource source : FileSources.minilm(model, List.of(0.0))) {
      DenseMatrix weights = source.weights().apply(0);
      for (Code code : List.of(new Code.Affine(8), new Code.Symmetric(8))) {
        for (ScaleMode mode : List.of(ScaleMode.TENSOR, ScaleMode.ROW)) {
          try (EncodedMatrix stored =
              new Encoder(code, mode, new Layout.Flat(), 2).encode(weights)) {
            double before = Double.POSITIVE_INFINITY;
            for (int bits = code instanceof Code.Affine ? 1 : 2; bits <= code.bits(); bits++) {
              EncodedMatrix view = stored.withBits(bits);
              double error = ReconstructionError.of(weights, view, 2).relativeError();
              assertThat(error)
                  .as("%s, %s, %d bits", source.name(), mode, bits)
                  .isLessThanOrEqualTo(before * (1 + 1e-9)); // a bit that few weights have
              before = error;
            }
          }
        }
      }
    }
  }
}
