package org.bitindex.spark;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.SparkFiles;

/**
 * What tasks open of the files that Spark brings to each executor: the first task of a JVM opens
 * it, and all share it until the JVM ends.
 *
 * @param <K> says what is opened, with equals
 * @param <V> what is opened; safe for use by many threads
 */
final class ExecutorFiles<K, V> {
  /** By folder too: each Spark application of a JVM has its own folder of files. */
  private record Key<K>(Path folder, K what) {}

  /** Opens files. */
  @FunctionalInterface
  interface Opening<V> {
    /** Opens what is in the application's folder. */
    V open(Path folder) throws IOException;
  }

  private final Map<Key<K>, V> opened = new HashMap<>();

  /**
   * What is opened, now or by an earlier task; the caller must not close it.
   *
   * @throws IOException if a file is damaged
   */
  synchronized V get(K what, Opening<V> opening) throws IOException {
    var key = new Key<>(Path.of(SparkFiles.getRootDirectory()), what);
    V known = opened.get(key);
    if (known == null) {
      known = opening.open(key.folder);
      opened.put(key, known);
    }
    return known;
  }
}
