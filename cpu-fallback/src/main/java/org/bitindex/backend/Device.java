package org.bitindex.backend;

/**
 * Something a backend can run on.
 *
 * @param id what follows the backend's name and a colon, such as {@code 0:1}; empty for the only
 *     one
 * @param description for people: kind, name
 * @param memoryBytes memory of the device, or 0 where it is the machine's own
 */
public record Device(String id, String description, long memoryBytes) {
  /** The name by which {@link Backends#open(String, int)} opens it on a backend. */
  public String nameOn(String backend) {
    return id.isEmpty() ? backend : backend + ":" + id;
  }
}
