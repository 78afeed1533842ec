package org.bitindex.backend;

/** A kind of backend, found by {@link java.util.ServiceLoader}. */
public interface BackendProvider {
  /** The name by which it is chosen. */
  String name();

  /** Automatic choice tries the highest first: scalar 0, vector 10, devices 20. */
  int priority();

  /** Looks whether the backend can run here; never throws. */
  Availability availability();

  /**
   * Whether its code is slow until the JVM has compiled it. Unless a device is named, {@link
   * Backends} then checks it in the background, and the reference serves small products meanwhile.
   */
  default boolean warmsUp() {
    return false;
  }

  /**
   * Opens the backend on one of its devices.
   *
   * @param deviceId the id of a {@link Device}, or empty for the first
   * @param threads CPU threads to use, at least 1
   * @throws org.bitindex.BackendException if it is unavailable or has no such device
   */
  Backend create(String deviceId, int threads);
}
