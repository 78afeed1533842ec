package org.bitindex.nn;

import java.io.IOException;

/** Where the outputs of a stream go. */
@FunctionalInterface
public interface SampleSink {
  /**
   * Takes the next outputs.
   *
   * @param outputs row-major; only valid during the call
   * @param count number of samples, at least 1
   */
  void write(float[] outputs, int count) throws IOException;
}
