package org.bitindex.tornado;

import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Linear;
import org.bitindex.backend.Plan;
import uk.ac.manchester.tornado.api.common.TornadoDevice;

/** Products on one device of TornadoVM's. */
public final class TornadoBackend implements Backend {
  private final String name;
  private final String description;
  private final TornadoDevice device;
  private final DeviceMemory memory;

  TornadoBackend(String name, String description, TornadoDevice device) {
    this(name, description, device, DeviceMemory.of(device));
  }

  /** A backend that keeps below {@code memory}. */
  TornadoBackend(String name, String description, TornadoDevice device, DeviceMemory memory) {
    this.name = name;
    this.description = description;
    this.device = device;
    this.memory = memory;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  /**
   * {@inheritDoc}
   *
   * @throws BackendException if a kernel does not compile, or the layers do not fit the device's
   *     memory
   */
  @Override
  public TornadoPlan plan(List<Linear> layers, int activationBits) {
    return new TornadoPlan(Plan.requireChain(layers), activationBits, device, name, memory);
  }

  /** Nothing is held beside the plans. */
  @Override
  public void close() {}
}
