package org.bitindex.backend.vector;

import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.backend.Device;
import org.bitindex.internal.VectorApi;

/**
 * Provides {@link VectorBackend} where the Vector API's module is present: at this machine's width,
 * or at another as {@code vector:128}, {@code vector:256}, {@code vector:512}.
 */
public final class VectorBackendProvider implements BackendProvider {
  private static final String MODULE = "jdk.incubator.vector";

  /** Called by the service loader. */
  public VectorBackendProvider() {}

  @Override
  public String name() {
    return "vector";
  }

  @Override
  public int priority() {
    return 10;
  }

  @Override
  public Availability availability() {
    // By name, before any class is loaded that needs the module.
    if (ModuleLayer.boot().findModule(MODULE).isEmpty()) {
      return new Availability.Unavailable(
          "module " + MODULE + " is missing, start Java with --add-modules " + MODULE);
    }
    return new Availability.Ready(
        List.of(new Device("", VectorBackend.describe(VectorApi.preferredBits()), 0)), true);
  }

  @Override
  public boolean warmsUp() {
    return true;
  }

  @Override
  public Backend create(String deviceId, int threads) {
    int bits =
        switch (deviceId) {
          case "" -> VectorApi.preferredBits();
          case "128", "256", "512" -> Integer.parseInt(deviceId);
          default ->
              throw new BackendException(
                  "vector has no device " + deviceId + ", it has the widths 128, 256 and 512");
        };
    return new VectorBackend(threads, bits);
  }
}
