package org.bitindex.tornado;

import java.util.Optional;
import org.bitindex.BackendException;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.BackendProvider;
import org.bitindex.tornado.device.TornadoFailures;
import org.bitindex.tornado.device.TornadoTarget;
import org.jspecify.annotations.Nullable;

/**
 * Provides {@link TornadoBackend} for each device that TornadoVM finds. A GPU is preferred to CPU
 * backends; an OpenCL device that is a CPU is used only when asked for.
 */
public final class TornadoBackendProvider implements BackendProvider {
  /** What TornadoVM writes a graph down in; its default of 4096 bytes holds six layers or so. */
  private static final String GRAPH_BYTES = "tornado.tvm.maxbytecodesize";

  /** Events that may wait for each other; before each call TornadoVM empties lists of so many. */
  private static final String EVENTS = "tornado.max.events";

  private static final String ADVICE =
      "; start Java with ./setup.sh bie, or as docs/devices.md says";

  /** Called by the service loader. */
  public TornadoBackendProvider() {}

  @Override
  public String name() {
    return TornadoTarget.NAME;
  }

  @Override
  public int priority() {
    return 20;
  }

  @Override
  public Availability availability() {
    return Start.ANSWER;
  }

  @Override
  public Backend create(String deviceId, int threads) {
    if (Start.devices == null) {
      throw new BackendException(TornadoTarget.NAME + " is unavailable");
    }
    return new TornadoBackend(Start.devices.find(deviceId, threads));
  }

  /**
   * The one attempt to start TornadoVM: after a failed one its classes cannot be loaded again, and
   * the second error would say nothing.
   */
  private static final class Start {
    static @Nullable TornadoDevices devices;
    static final Availability ANSWER = answer();

    private static Availability answer() {
      Optional<String> obstacle = Flags.obstacle(System.getProperties());
      if (obstacle.isPresent()) {
        return new Availability.Unavailable(obstacle.get() + ADVICE);
      }
      // Read when TornadoVM starts.
      System.getProperties().putIfAbsent(GRAPH_BYTES, Integer.toString(1 << 16));
      System.getProperties().putIfAbsent(EVENTS, Integer.toString(1 << 12));
      try {
        var found = new TornadoDevices();
        if (found.list().isEmpty()) {
          return new Availability.Unavailable("TornadoVM found no OpenCL or PTX device");
        }
        devices = found;
        return new Availability.Ready(found.list(), found.hasAccelerator());
      } catch (RuntimeException | Error e) { // missing classes, libraries and drivers are errors
        return new Availability.Unavailable(
            "TornadoVM did not start: " + TornadoFailures.sentence(e));
      }
    }
  }
}
