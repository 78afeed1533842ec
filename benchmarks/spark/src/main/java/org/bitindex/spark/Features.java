package org.bitindex.spark;

import org.jspecify.annotations.Nullable;
import scala.collection.Seq;

/** The features of one row. */
final class Features {
  private Features() {}

  /**
   * Copies features, if they are what the network takes.
   *
   * @param features an array or a sequence of floats, or null
   * @param columns features that the network takes; {@code target} has room for them
   * @return null, or what is wrong with them
   */
  static @Nullable String read(@Nullable Object features, float[] target, int offset, int columns) {
    if (features == null) {
      return "it has no features (null)";
    }
    int length = features instanceof float[] array ? array.length : ((Seq<?>) features).length();
    if (length != columns) {
      return "it has " + length + " features, the network takes " + columns;
    }
    if (features instanceof float[] array) {
      System.arraycopy(array, 0, target, offset, columns);
    } else {
      var values = ((Seq<?>) features).iterator();
      for (int j = 0; j < columns; j++) {
        Object value = values.next();
        if (value == null) {
          return "feature " + j + " is null";
        }
        target[offset + j] = (Float) value;
      }
    }
    for (int j = 0; j < columns; j++) {
      if (!Float.isFinite(target[offset + j])) {
        return "feature " + j + " is " + target[offset + j];
      }
    }
    return null;
  }
}
