package org.bitindex.cli.devices;

import org.bitindex.backend.ProfiledPlan;
import org.jspecify.annotations.Nullable;

/**
 * One product on one device.
 *
 * @param device backend and device as {@code --backend} takes it
 * @param description the device's own name
 * @param method a code, or a format to compare with
 * @param batch samples
 * @param preparationMillis weights to the device's form, upload and compilation
 * @param firstCallMillis the first product, with what is compiled for its batch
 * @param millis later products, end to end, median
 * @param preparedBytes what the plan holds then, for this batch alone
 * @param driver where the driver saw the time go; null for a CPU backend
 */
public record DeviceTiming(
    String device,
    String description,
    String method,
    int batch,
    double preparationMillis,
    double firstCallMillis,
    double millis,
    long preparedBytes,
    ProfiledPlan.@Nullable Times driver) {
  /** What was done. */
  public String operation() {
    return method + ", batch " + batch;
  }
}
