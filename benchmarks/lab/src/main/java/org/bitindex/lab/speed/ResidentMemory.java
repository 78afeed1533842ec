package org.bitindex.lab.speed;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What of this process is in memory, mapped files with it. */
final class ResidentMemory {
  private ResidentMemory() {}

  static long bytes() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
      }
    }
    throw new IOException("/proc/self/status has no line VmRSS");
  }
}
