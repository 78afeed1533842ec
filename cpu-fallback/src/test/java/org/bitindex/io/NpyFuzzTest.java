package org.bitindex.io;

import com.code_intelligence.jazzer.junit.FuzzTest;

class NpyFuzzTest {
  @FuzzTest(maxDuration = "90s")
  void anyBytesAreReadOrRefused(byte[] data) {
    FuzzHarness.readDense(data, NpyFile::new);
  }
}
