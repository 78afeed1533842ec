package org.bitindex.tornado.device;

import java.util.List;
import java.util.Locale;
import org.bitindex.BackendException;
import uk.ac.manchester.tornado.api.common.TornadoDevice;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/**
 * What a device can hold, and how much of it is taken. TornadoVM allocates until something fails,
 * and what it does with a graph after that can end the JVM, so sizes are looked at before.
 */
public final class DeviceMemory {
  /** The property with TornadoVM's own limit for a device. */
  private static final String LIMIT_PROPERTY = "tornado.device.memory";

  private static final String DEFAULT_LIMIT = "4GB";

  private final long totalBytes;
  private final long arrayBytes;
  private long takenBytes;

  /**
   * Nothing is taken yet.
   *
   * @param totalBytes of all that is open on the device
   * @param arrayBytes of one array
   */
  public DeviceMemory(long totalBytes, long arrayBytes) {
    this.totalBytes = totalBytes;
    this.arrayBytes = arrayBytes;
  }

  public static DeviceMemory of(TornadoDevice device) {
    long limit = parse(System.getProperty(LIMIT_PROPERTY, DEFAULT_LIMIT));
    return new DeviceMemory(
        Math.min(limit, device.getMaxGlobalMemory()),
        Math.min(limit, device.getMaxAllocMemory() - 1)); // TornadoVM wants less than that
  }

  /**
   * Takes memory for what is about to be allocated.
   *
   * @throws BackendException if so much is not free
   */
  synchronized void take(long bytes) {
    if (bytes > freeBytes()) {
      throw new BackendException(bytes + " bytes do not fit " + limits());
    }
    takenBytes += bytes;
  }

  /** Bytes of one array, at most. */
  public long arrayBytes() {
    return arrayBytes;
  }

  /** What can still be taken. */
  public synchronized long freeBytes() {
    return totalBytes - takenBytes;
  }

  /** Of all that is open on the device. */
  public synchronized long takenBytes() {
    return takenBytes;
  }

  /** Gives back what {@link #take} took. */
  synchronized void giveBack(long bytes) {
    takenBytes -= bytes;
  }

  /**
   * A size as TornadoVM writes it: a number of bytes, or with B, KB, MB, GB, TB (powers of 1024).
   */
  static long parse(String size) {
    String digits = size.replaceAll("\\D", "");
    String unit = size.substring(digits.length()).toUpperCase(Locale.ROOT);
    int power = List.of("", "B", "KB", "MB", "GB", "TB").indexOf(unit);
    if (digits.isEmpty() || power < 0) {
      throw new BackendException("-D" + LIMIT_PROPERTY + "=" + size + " is no size such as 8GB");
    }
    return Long.parseLong(digits) << (10 * Math.max(0, power - 1));
  }

  /** Bytes of {@code arrays} on a device. */
  public static long bytes(List<? extends TornadoNativeArray> arrays) {
    return arrays.stream().mapToLong(TornadoNativeArray::getNumBytesOfSegmentWithHeader).sum();
  }

  /** In words, for those that something does not fit. */
  public synchronized String limits() {
    return "a device memory of "
        + totalBytes
        + " bytes, of which "
        + takenBytes
        + " are taken, with arrays of at most "
        + arrayBytes
        + " bytes; close what is not needed or, where the device has more, raise -D"
        + LIMIT_PROPERTY;
  }
}
