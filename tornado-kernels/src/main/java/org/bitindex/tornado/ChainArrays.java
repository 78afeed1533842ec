package org.bitindex.tornado;

import java.util.ArrayList;
import java.util.List;
import org.bitindex.BackendException;
import org.bitindex.tornado.device.CallArrays;
import org.bitindex.tornado.device.CallSize;
import org.bitindex.tornado.device.DeviceMemory;
import org.bitindex.tornado.device.Grids;
import org.bitindex.tornado.kernel.LookupKernels;
import uk.ac.manchester.tornado.api.types.arrays.IntArray;
import uk.ac.manchester.tornado.api.types.arrays.LongArray;
import uk.ac.manchester.tornado.api.types.arrays.TornadoNativeArray;

/** How large the arrays of calls are for a chain, and which calls a device's memory holds. */
final class ChainArrays {
  /** Of a plan beside weights and samples: headers, kernel contexts, marks of its kernels. */
  private static final long OVERHEAD_BYTES = 1 << 14;

  private ChainArrays() {}

  static CallArrays of(DeviceChain chain, CallSize callSize) {
    return new CallArrays(
        callSize,
        chain.layers().stream().map(layer -> layer.shape(callSize)).toList(),
        ints(callSize, chain.inputColumns()),
        ints(callSize, 1),
        ints(callSize, chain.mostHidden(DeviceLayer::rows)),
        ints(callSize, chain.mostHidden(layer -> layer.blocksOfMaxima(callSize))),
        ints(callSize, chain.outputColumns()),
        ints(callSize, 1),
        ints(callSize, integers(chain, callSize)),
        ints(callSize, shifts(chain, callSize)),
        ints(callSize, parts(chain, callSize)),
        new LongArray(size(callSize, sums(chain, callSize))));
  }

  /** A word's columns take 32 integers, or as many times four digits. */
  private static int integers(DeviceChain chain, CallSize callSize) {
    return chain.most(layer ->
        !callSize.isFew()
            ? layer.groups() * LookupKernels.GROUP_WORDS * Integer.SIZE
            : layer.weights() instanceof DeviceWeights.Entries ? layer.columns() : 0);
  }

  private static int shifts(DeviceChain chain, CallSize callSize) {
    return callSize.isFew() ? 0 : chain.most(layer -> layer.pairs() ? layer.groups() : 0);
  }

  private static int parts(DeviceChain chain, CallSize callSize) {
    return chain.most(layer -> layer.parts(callSize));
  }

  private static int sums(DeviceChain chain, CallSize callSize) {
    return chain.most(layer -> layer.sums(callSize));
  }

  private static IntArray ints(CallSize callSize, int width) {
    return new IntArray(size(callSize, width));
  }

  /** Elements of an array, which can't be empty on a device. */
  private static int size(CallSize callSize, int width) {
    return Math.max(1, Math.multiplyExact(callSize.capacity(), width));
  }

  /** Bytes that {@link #of} would take on a device, without headers and shapes. */
  static long bytes(DeviceChain chain, CallSize callSize) {
    long ints =
        (long) chain.inputColumns()
            + chain.mostHidden(DeviceLayer::rows) * 2L
            + chain.outputColumns()
            + 2
            + integers(chain, callSize)
            + shifts(chain, callSize)
            + parts(chain, callSize);
    return callSize.capacity() * (ints * Integer.BYTES + (long) sums(chain, callSize) * Long.BYTES);
  }

  /** Bytes of the largest array that {@link #of} would make. */
  static long largestArrayBytes(DeviceChain chain, CallSize callSize) {
    long width =
        Math.max(
            Math.max(integers(chain, callSize), chain.mostHidden(DeviceLayer::rows)) * 4L,
            Math.max(parts(chain, callSize) * 4L, sums(chain, callSize) * 8L));
    width = Math.max(width, Math.max(chain.inputColumns(), chain.outputColumns()) * 4L);
    return callSize.capacity() * width;
  }

  /**
   * The sizes of calls that fit together with the weights and whose grids a device takes, from the
   * smallest.
   *
   * @throws BackendException if not even the smallest does
   */
  static List<CallSize> sizes(DeviceChain chain, DeviceMemory memory) {
    List<CallSize> sizes = new ArrayList<>();
    long bytes = chain.bytes() + OVERHEAD_BYTES;
    long free = memory.freeBytes();
    long largestConstant =
        chain.arrays().stream()
            .mapToLong(TornadoNativeArray::getNumBytesOfSegmentWithHeader)
            .max()
            .orElseThrow();
    for (CallSize size : CallSize.ALL) {
      bytes += bytes(chain, size);
      long largest = Math.max(largestConstant, largestArrayBytes(chain, size));
      if (largest > memory.arrayBytes()
          || bytes > free
          || chain.most(layer -> layer.height(size)) > Grids.MOST_GROUPS_IN_Y) {
        break;
      }
      sizes.add(size);
    }
    if (sizes.isEmpty()) {
      throw new BackendException(
          "weights of "
              + chain.bytes()
              + " bytes and work space of "
              + bytes(chain, CallSize.ALL.getFirst())
              + " bytes for a sample do not fit "
              + memory.limits());
    }
    return sizes;
  }
}
