package org.bitindex.cli.devices;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import org.bitindex.cli.devices.DevicePrediction.Instructions;
import org.bitindex.cli.devices.DevicePrediction.Machine;
import org.bitindex.cli.devices.DevicePrediction.WeightKind;
import org.junit.jupiter.api.Test;

class DevicePredictionTest {
  /** Issues 4000 instructions and moves 1000 bytes a microsecond. */
  private static final Machine MACHINE = new Machine("made up", 1, 1, 1, 1, 2, true);

  private static final DevicePrediction SQUARE = new DevicePrediction(1024, 1024);

  @Test
  void theLargerOfInstructionsAndBytesCounts() {
    var form = new Instructions(1, 400_000_000, 0, 0, 0);
    var slow = new WeightKind("slow", form, form);
    assertThat(SQUARE.micros(MACHINE, slow, 1)).isCloseTo(100_000 + 4, within(1e-6));
    var wide = new WeightKind("wide", new Instructions(8, 0, 0, 0, 0), form);
    // Weights, the sample, its outputs, and sums of eight bytes.
    double bytes = 1024 * 1024 + 4 * 2048 + 8 * 1024;
    assertThat(SQUARE.micros(MACHINE, wide, 1)).isCloseTo(bytes / 1000 + 4, within(1e-6));
  }

  @Test
  void quantisingGoesByColumnsFinishingByRowsAndTheProductByBoth() {
    var tall = new DevicePrediction(2048, 1024);
    var form = new Instructions(0, 0, 4_000_000, 400_000, 40_000);
    var weights = new WeightKind("w", form, form);
    var wide = new Machine("wide", 1, 1, 1e9, 1, 2, true);
    assertThat(tall.micros(wide, weights, 64))
        .isCloseTo(2 * 1000 + 100 + 2 * 10 + 3 * 2, within(1e-3));
  }

  @Test
  void boundsAreThoseOfArithmeticAndMemory() {
    assertThat(SQUARE.fp32(MACHINE, 1))
        .isCloseTo((4.0 * 1024 * 1024 + 4 * 2048) / 1000 + 2, within(1e-6));
    var wide = new Machine("wide", 1, 1, 1e9, 1, 2, true);
    assertThat(SQUARE.fp32(wide, 64)).isCloseTo(2.0 * 1024 * 1024 * 64 / 1e6 + 2, within(1e-3));
    assertThat(SQUARE.fp16(wide, 64)).isCloseTo(1024.0 * 1024 * 64 / 1e6 + 2, within(1e-3));
    assertThat(SQUARE.sparse(MACHINE, 0.1, 1))
        .isCloseTo((0.8 * 1024 * 1024 + 4 * 2048) / 1000 + 2, within(1e-6));
  }

  @Test
  void anotherShapeIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DevicePrediction.of("4096"))
        .withMessageContaining("'4096'");
  }
}
