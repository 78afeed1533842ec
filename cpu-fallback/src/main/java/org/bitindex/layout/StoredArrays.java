package org.bitindex.layout;

import java.lang.foreign.Arena;
import java.util.Map;
import org.bitindex.EncodedFormatException;

/** Checks and allocation that the planes share. */
final class StoredArrays {
  private StoredArrays() {}

  static StoredArray allocate(String name, ElementType type, long length, Arena arena) {
    return new StoredArray(name, type, arena.allocate(length * type.bytes(), 64));
  }

  static StoredArray require(Map<String, StoredArray> arrays, String name, ElementType... types)
      throws EncodedFormatException {
    StoredArray array = arrays.get(name);
    if (array == null) {
      throw new EncodedFormatException("array " + name + " is missing");
    }
    for (ElementType type : types) {
      if (array.type() == type) {
        return array;
      }
    }
    throw new EncodedFormatException(
        name + " has type " + array.type() + ", expected " + java.util.Arrays.toString(types));
  }

  static void requireLength(StoredArray array, long length) throws EncodedFormatException {
    if (array.length() != length) {
      throw new EncodedFormatException(
          array.name() + " has " + array.length() + " elements, expected " + length);
    }
  }

  /** Checks that an array of start offsets runs from 0 to {@code end} without going down. */
  static void verifyOffsets(StoredArray offsets, long end) throws EncodedFormatException {
    long previous = 0;
    for (long i = 0; i < offsets.length(); i++) {
      long offset = offsets.get(i);
      if (offset < previous || offset > end || (i == 0 && offset != 0)) {
        throw new EncodedFormatException(
            offsets.name()
                + "["
                + i
                + "] is "
                + Long.toUnsignedString(offset)
                + ", expected "
                + (i == 0 ? "0" : "at least " + previous + " and at most " + end));
      }
      previous = offset;
    }
    if (previous != end) {
      throw new EncodedFormatException(
          offsets.name() + " ends at " + previous + ", expected " + end);
    }
  }
}
