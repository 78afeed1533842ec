package org.bitindex.io;

import com.code_intelligence.jazzer.junit.FuzzTest;

class SmtxFuzzTest {
  @FuzzTest(maxDuration = "90s")
  void anyBytesAreReadOrRefused(byte[] data) {
    FuzzHarness.readDense(data, SmtxFile::new);
  }
}
