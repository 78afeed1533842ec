package org.bitindex.backend;

import java.util.List;
import java.util.stream.IntStream;
import org.bitindex.backend.vector.VectorBackend;
import org.bitindex.code.Code;
import org.bitindex.internal.VectorApi;
import org.junit.jupiter.api.Nested;

class VectorBackendTest {
  @Nested
  class With128Bits extends BackendContractTest {
    @Override
    protected Backend open(int threads) {
      return new VectorBackend(threads, 128);
    }
  }

  @Nested
  class With256Bits extends BackendContractTest {
    @Override
    protected Backend open(int threads) {
      return new VectorBackend(threads, 256);
    }
  }

  /**
   * Where the machine has no such registers, each instruction is a loop of Java, some hundred times
   * as slow: the same kinds of cases on smaller matrices, with fewer bits of each code.
   */
  @Nested
  class With512Bits extends BackendContractTest {
    private static final int MOST_WEIGHTS = 5_000;
    private static final boolean EMULATED = VectorApi.preferredBits() < 512;

    @Override
    protected Backend open(int threads) {
      return new VectorBackend(threads, 512);
    }

    @Override
    protected List<Shape> shapes() {
      return super.shapes().stream()
          .filter(shape -> !EMULATED || shape.rows() * shape.columns() <= MOST_WEIGHTS)
          .toList();
    }

    @Override
    protected List<Code> codes() {
      List<Code> few =
          List.of(
              new Code.Binary(0f),
              new Code.Ternary(0f, 0f),
              new Code.Affine(3),
              new Code.Affine(8),
              new Code.Symmetric(5));
      return EMULATED ? few : super.codes();
    }

    @Override
    protected int[] activationBits() {
      return EMULATED ? new int[] {2, 7, 8, 9, 10, 16, 23, 24} : super.activationBits();
    }

    @Override
    protected int[] fullScaleColumns() {
      int most = EMULATED ? 4096 : Integer.MAX_VALUE;
      return IntStream.of(super.fullScaleColumns()).filter(columns -> columns <= most).toArray();
    }

    @Override
    protected Shape largeShape() {
      return EMULATED ? new Shape(1100, 250) : super.largeShape();
    }
  }
}
