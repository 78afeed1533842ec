package org.bitindex.tornado;

import uk.ac.manchester.tornado.api.common.TornadoDevice;

/**
 * A device to run on.
 *
 * @param name how it is chosen: {@code tornado:0:1}
 * @param description for people
 * @param memory what may be used of it, one account for all that is open
 * @param threads CPU threads that copy samples and outputs
 */
public record TornadoTarget(
    String name, String description, TornadoDevice device, DeviceMemory memory, int threads) {}
