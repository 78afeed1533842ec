package org.bitindex.backend;

import java.util.List;

/** Whether a backend can be used on this machine. */
public sealed interface Availability {
  /**
   * It can.
   *
   * @param devices at least one
   * @param preferred whether automatic choice may take the first of them
   */
  record Ready(List<Device> devices, boolean preferred) implements Availability {
    public Ready {
      devices = List.copyOf(devices);
    }
  }

  /**
   * It cannot.
   *
   * @param reason one sentence that a user can act on
   */
  record Unavailable(String reason) implements Availability {}
}
