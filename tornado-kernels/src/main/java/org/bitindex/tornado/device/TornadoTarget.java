package org.bitindex.tornado.device;

import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A device to run on.
 *
 * @param id TornadoVM's back end and device: {@code 0:1}
 * @param description for people
 * @param memory what may be used of it, one account for all that is open
 * @param threads CPU threads that copy samples and outputs
 */
public record TornadoTarget(
    String id, String description, TornadoDevice device, DeviceMemory memory, int threads) {
  /** The backend's name. */
  public static final String NAME = "tornado";

  /** How it is chosen: {@code tornado:0:1}. */
  public String name() {
    return NAME + ":" + id;
  }
}
