package org.bitindex.lab.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bitindex.backend.Backend;
import org.bitindex.backend.DeviceBackend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import org.bitindex.backend.scalar.ScalarBackend;
import org.bitindex.cli.measure.Stopwatch;
import org.bitindex.matrix.PlaneQuantizer;
import org.bitindex.matrix.Weights;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  /** Multiplies as the scalar backend does, and says so when it encodes. */
  private static final class Device implements DeviceBackend {
    private final Backend scalar = new ScalarBackend();
    private int encodings;

    @Override
    public String name() {
      return scalar.name();
    }

    @Override
    public String description() {
      return scalar.description();
    }

    @Override
    public Plan plan(List<Linear> layers, int activationBits) {
      return scalar.plan(layers, activationBits);
    }

    @Override
    public BaselineProduct baseline(BaselineFormat format, Weights weights, int batch) {
      throw new UnsupportedOperationException();
    }

    @Override
    public PlaneQuantizer planeQuantizer() {
      return (weights, code, quantizers, bits) -> {
        encodings++;
        for (int i = 0; i < weights.rows(); i++) {
          var _ = quantizers.apply(i); // each is asked for once
        }
      };
    }

    @Override
    public void close() {
      scalar.close();
    }
  }

  /** What a user of a device gets: not itself a device. */
  private record Opened(Device opened) implements Backend {
    @Override
    public String name() {
      return opened.name();
    }

    @Override
    public String description() {
      return opened.description();
    }

    @Override
    public Plan plan(List<Linear> layers, int activationBits) {
      return opened.plan(layers, activationBits);
    }

    @Override
    public Optional<DeviceBackend> device() {
      return Optional.of(opened);
    }

    @Override
    public void close() {
      opened.close();
    }
  }

  @Test
  void aDeviceEncodesBehindTheBackendThatUsersOpen() {
    var plan =
        new EvaluationPlan(
            List.of(MatrixSource.gaussian(8, 16, List.of(0.0))),
            1,
            List.of(EvaluationPlan.BINARY),
            Set.of(),
            List.of(1),
            List.of(24),
            new Stopwatch(Duration.ofNanos(1), Duration.ofNanos(1), 1));
    var device = new Device();
    try (var backend = new Opened(device)) {
      new Evaluation(plan, backend, () -> {}).run();
    }
    assertThat(device.encodings).isGreaterThanOrEqualTo(EvaluationPlan.LAYOUTS.size());
  }
}
