package org.bitindex.backend.scalar;

import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Device;

/** Provides {@link ScalarBackend}, which runs everywhere. */
public final class ScalarBackendProvider implements BackendProvider {
  @Override
  public String name() {
    return "scalar";
  }

  @Override
  public int priority() {
    return 0;
  }

  @Override
  public Availability availability() {
    return new Availability.Ready(List.of(new Device("", "plain Java", 0)), true);
  }

  @Override
  public Backend create(String deviceId, int threads) {
    if (!deviceId.isEmpty()) {
      throw new BackendException("scalar has no device " + deviceId);
    }
    return new ScalarBackend(threads);
  }
}
