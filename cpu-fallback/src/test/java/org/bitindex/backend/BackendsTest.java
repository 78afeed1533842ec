package org.bitindex.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.bitindex.BackendException;
import org.bitindex.backend.vector.VectorBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which backend is handed out, where there are also one that is wrong and one that is missing. */
class BackendsTest {
  private static final AtomicInteger CLOSED = new AtomicInteger();

  @TempDir private Path folder;

  private AddedProviders added;

  /** The most preferred backend, whose last output is off by one bit. */
  public static final class WrongProvider implements BackendProvider {
    @Override
    public String name() {
      return "wrong";
    }

    @Override
    public int priority() {
      return 1000;
    }

    @Override
    public Availability availability() {
      return new Availability.Ready(List.of(new Device("", "wrong", 0)), true);
    }

    @Override
    public Backend create(String deviceId, int threads) {
      return new LastBitBackend() {
        @Override
        public void close() {
          CLOSED.incrementAndGet();
        }
      };
    }
  }

  /** One that cannot be used. */
  public static final class MissingProvider implements BackendProvider {
    @Override
    public String name() {
      return "missing";
    }

    @Override
    public int priority() {
      return 999;
    }

    @Override
    public Availability availability() {
      return new Availability.Unavailable("nobody built it");
    }

    @Override
    public Backend create(String deviceId, int threads) {
      throw new AssertionError("it said that it is unavailable");
    }
  }

  @BeforeEach
  void addProviders() throws IOException {
    added = new AddedProviders(folder, WrongProvider.class, MissingProvider.class);
    CLOSED.set(0);
  }

  @AfterEach
  void removeProviders() throws IOException {
    added.close();
  }

  @Test
  void aBackendThatFailsItsSelfCheckIsClosedAndNotHandedOut() {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> Backends.open("wrong", 1))
        .withMessageContaining("failed its self-check");
    assertThat(CLOSED).hasValue(1);
  }

  @Test
  void automaticChoicePassesOverWhatIsWrongOrMissing() {
    assertThat(Backends.providers().stream().map(BackendProvider::name))
        .startsWith("wrong", "missing")
        .endsWith("scalar");
    try (Backend backend = Backends.open(Backends.AUTO, 1)) {
      assertThat(backend.name()).isEqualTo("vector");
    }
    assertThat(CLOSED).hasValue(1);
  }

  @Test
  void namedBackendsThatCannotBeHadAreRefusedWithTheReason() {
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> Backends.open("missing", 1))
        .withMessage("missing is unavailable: nobody built it");
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> Backends.open("scalar:7", 1))
        .withMessageContaining("7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Backends.open("abacus", 1))
        .withMessageContainingAll("abacus", "auto, wrong, missing", "scalar");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Backends.open("scalar", 0))
        .withMessageContaining("threads is 0");
  }

  @Test
  void thePropertyNamesTheBackend() {
    String set = System.getProperty(Backends.PROPERTY);
    System.setProperty(Backends.PROPERTY, "scalar");
    try (Backend backend = Backends.open()) {
      assertThat(backend.name()).isEqualTo("scalar");
    } finally {
      if (set == null) {
        System.clearProperty(Backends.PROPERTY);
      } else {
        System.setProperty(Backends.PROPERTY, set);
      }
    }
  }

  @Test
  void theVectorBackendTakesAWidthAsItsDevice() {
    try (Backend backend = Backends.open("vector:128", 1)) {
      assertThat(backend.description()).contains("128 bits");
      assertThat(((ObservedBackend) backend).backend())
          .as("no other serves its products")
          .isInstanceOf(VectorBackend.class);
    }
    assertThatExceptionOfType(BackendException.class)
        .isThrownBy(() -> Backends.open("vector:100", 1))
        .withMessage("vector has no device 100, it has the widths 128, 256 and 512");
  }
}
