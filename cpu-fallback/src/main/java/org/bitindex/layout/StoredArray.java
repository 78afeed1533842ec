package org.bitindex.layout;

import java.lang.foreign.MemorySegment;

/**
 * One array of a stored plane: what a file keeps under {@code name}.
 *
 * @param name the array's role within its plane, such as {@code indices}
 * @param type the stored integer type
 * @param data the elements, little-endian, without gaps
 */
public record StoredArray(String name, ElementType type, MemorySegment data) {
  public StoredArray {
    if (data.byteSize() % type.bytes() != 0) {
      throw new IllegalArgumentException(
          name + " has " + data.byteSize() + " bytes, not a multiple of " + type.bytes());
    }
  }

  /** Number of elements. */
  public long length() {
    return data.byteSize() / type.bytes();
  }

  /** The element at {@code index}. */
  public long get(long index) {
    return type.get(data, index);
  }
}
