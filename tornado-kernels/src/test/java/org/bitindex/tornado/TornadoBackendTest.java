package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendContractTest;
import org.bitindex.backend.Backends;
import org.bitindex.code.Code;
import org.junit.jupiter.api.Test;

/**
 * The contract on a device, with fewer plans, for each is compiled for about half a second; with
 * {@code -Dbie.contract=all} every shape, code and number of bits.
 */
@RequiresDevice
class TornadoBackendTest extends BackendContractTest {
  private static final boolean ALL = "all".equals(System.getProperty("bie.contract"));

  @Override
  protected Backend open(int threads) {
    return new TornadoBackendProvider().create("", threads);
  }

  @Override
  protected List<Shape> shapes() {
    return ALL
        ? super.shapes()
        : List.of(
            new Shape(0, 7),
            new Shape(7, 0),
            new Shape(1, 4098),
            new Shape(4098, 1),
            new Shape(31, 33),
            new Shape(33, 31),
            new Shape(64, 65),
            new Shape(257, 1021));
  }

  @Override
  protected List<Code> codes() {
    return ALL
        ? super.codes()
        : List.of(
            new Code.Binary(0f),
            new Code.Ternary(0f, 0f),
            new Code.Affine(1),
            new Code.Affine(8),
            new Code.Symmetric(8));
  }

  @Override
  protected int[] activationBits() {
    return ALL ? super.activationBits() : new int[] {2, 8, 24};
  }

  @Test
  void isFoundByNameAndPassesItsSelfCheck() {
    try (Backend backend = Backends.open("tornado", 1)) {
      assertThat(backend.name()).startsWith("tornado:");
      try (Backend same = Backends.open(backend.name(), 1)) {
        assertThat(same.description()).isEqualTo(backend.description());
      }
    }
  }

  @Test
  void anUnknownDeviceIsNamedWithThoseThatExist() {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> Backends.open("tornado:9:9", 1))
        .withMessageContainingAll("9:9", "0:0");
  }
}
