package org.bitindex.tornado;

import java.util.ArrayList;
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

  /** Of a plan beside weights and samples: headers, kernel contexts, marks of its kernels. */
  private static final long OVERHEAD_BYTES = 1 << 14;

  private final long totalBytes;
  private final long arrayBytes;
  private long takenBytes;

  /**
   * Nothing is taken yet.
   *
   * @param totalBytes of all that is open on the device
   * @param arrayBytes of one array
   */
  DeviceMemory(long totalBytes, long arrayBytes) {
    this.totalBytes = totalBytes;
    this.arrayBytes = arrayBytes;
  }

  static DeviceMemory of(TornadoDevice device) {
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
    if (bytes > totalBytes - takenBytes) {
      throw new BackendException(bytes + " bytes do not fit " + limits());
    }
    takenBytes += bytes;
  }

  /** Of all that is open on the device. */
  synchronized long takenBytes() {
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

  /**
   * The sizes of calls that fit together with the weights and whose grids a device takes, from the
   * smallest.
   *
   * @throws BackendException if not even the smallest does
   */
  synchronized List<CallSize> callSizes(DeviceChain chain) {
    List<CallSize> sizes = new ArrayList<>();
    long bytes = chain.bytes() + OVERHEAD_BYTES;
    long largestConstant =
        chain.arrays().stream()
            .mapToLong(TornadoNativeArray::getNumBytesOfSegmentWithHeader)
            .max()
            .orElseThrow();
    for (CallSize size : CallSize.ALL) {
      bytes += CallArrays.bytes(chain, size);
      long largest = Math.max(largestConstant, CallArrays.largestArrayBytes(chain, size));
      if (largest > arrayBytes
          || bytes > totalBytes - takenBytes
          || chain.most(layer -> layer.height(size)) > Grids.MOST_GROUPS_IN_Y) {
        break;
      }
      sizes.add(size);
    }
    if (sizes.isEmpty()) {
      throw new BackendException(refusal(chain));
    }
    return sizes;
  }

  private String refusal(DeviceChain chain) {
    return "weights of "
        + chain.bytes()
        + " bytes and work space of "
        + CallArrays.bytes(chain, CallSize.ALL.getFirst())
        + " bytes for a sample do not fit "
        + limits();
  }

  private String limits() {
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
