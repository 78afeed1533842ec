package org.bitindex.io;

import com.code_intelligence.jazzer.junit.FuzzTest;

class SafetensorsFuzzTest {
  @FuzzTest(maxDuration = "90s")
  void anyBytesAreReadOrRefused(byte[] data) {
    FuzzHarness.readDense(data, SafetensorsFile::new);
  }
}
