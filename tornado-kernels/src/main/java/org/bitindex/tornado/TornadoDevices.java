package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.backend.Device;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.TornadoTarget;
import uk.ac.manchester.tornado.api.TornadoBackend;
import uk.ac.manchester.tornado.api.TornadoRuntime;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.enums.TornadoDeviceType;
import uk.ac.manchester.tornado.api.runtime.TornadoRuntimeProvider;

/** TornadoVM's devices. Loading this class needs TornadoVM's API, calling it starts TornadoVM. */
final class TornadoDevices {
  /** A device with its place, back end first. */
  private record Place(int backend, int device, TornadoDevice found, DeviceMemory memory) {
    String id() {
      return backend + ":" + device;
    }

    boolean isAccelerator() {
      return found.getDeviceType() == TornadoDeviceType.GPU
          || found.getDeviceType() == TornadoDeviceType.ACCELERATOR;
    }
  }

  private final List<Place> places = new ArrayList<>();

  /** Starts TornadoVM where it has not started; its errors come through. */
  TornadoDevices() {
    this(TornadoRuntimeProvider.getTornadoRuntime());
  }

  TornadoDevices(TornadoRuntime runtime) {
    for (int b = 0; b < runtime.getNumBackends(); b++) {
      TornadoBackend backend = runtime.getBackend(b);
      for (int d = 0; d < backend.getNumDevices(); d++) {
        TornadoDevice found = backend.getDevice(d);
        places.add(new Place(b, d, found, DeviceMemory.of(found)));
      }
    }
    // Stable: GPUs come before CPUs, else TornadoVM's order holds.
    places.sort(Comparator.comparing(place -> !place.isAccelerator()));
  }

  /** All devices, GPUs first. */
  List<Device> list() {
    return places.stream()
        .map(place -> new Device(place.id(), describe(place), place.found.getMaxGlobalMemory()))
        .toList();
  }

  /** Whether there is one that is no CPU. */
  boolean hasAccelerator() {
    return places.stream().anyMatch(Place::isAccelerator);
  }

  /**
   * One of them.
   *
   * @param id back end and device with a colon between, or empty for the first
   * @param threads CPU threads that copy samples and outputs
   */
  TornadoTarget find(String id, int threads) {
    for (Place place : places) {
      if (id.isEmpty() || id.equals(place.id())) {
        return new TornadoTarget(place.id(), describe(place), place.found, place.memory, threads);
      }
    }
    throw new BackendException(
        TornadoTarget.NAME
            + " has no device "
            + id
            + ", there are "
            + String.join(", ", places.stream().map(Place::id).toList()));
  }

  private static String describe(Place place) {
    return place.found.getTornadoVMBackend()
        + ", "
        + place.found.getDeviceType()
        + ", "
        + place.found.getPhysicalDevice().getDeviceName().strip();
  }
}
