package org.bitindex.tornado;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bitindex.backend.Availability;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.junit.jupiter.api.Test;

/** Broken set-ups, each in a JVM of its own: a sentence says why, and the CPU is used. */
@RequiresDevice
class DiscoveryTest {
  /** Prints why TornadoVM cannot be used, and the backend that is used instead. */
  static final class Probe {
    private Probe() {}

    public static void main(String[] args) {
      if (new TornadoBackendProvider().availability()
          instanceof Availability.Unavailable(String reason)) {
        System.out.println("reason: " + reason);
      }
      try (Backend backend = Backends.open(Backends.AUTO, 1)) {
        System.out.println("used: " + backend.name());
      }
    }
  }

  /** What the probe prints in a JVM with this one's flags and another, the last of which counts. */
  private static String probe(Map<String, String> environment, String... flags) throws IOException {
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java"));
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of(flags));
    command.add(Probe.class.getName());
    var builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    builder.environment().putAll(environment);
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  private static void requireReason(String output, String reason) {
    assertThat(output.lines().filter(line -> line.startsWith("reason: ")))
        .singleElement()
        .asString()
        .contains(reason);
    assertThat(output).contains("used: vector");
  }

  /** Whether the SDK's first back end, which starts first, is PTX. */
  private static boolean isPtx() throws IOException {
    Path backends = Path.of(System.getenv("TORNADOVM_HOME"), "etc", "tornado.backend");
    return Files.readString(backends).strip().startsWith("tornado.backends=ptx");
  }

  @Test
  void aMissingNativeLibraryIsNamed() throws IOException {
    requireReason(
        probe(Map.of(), "-Djava.library.path=/nowhere"),
        isPtx()
            ? "TornadoVM did not start: no tornado-ptx in java.library.path: /nowhere"
            : "TornadoVM did not start: OpenCL JNI Library not found");
  }

  @Test
  void aMachineWithoutADriverIsNamed() throws IOException {
    if (isPtx()) {
      assumeThat(Path.of("/usr/lib/x86_64-linux-gnu/libcuda.so.1"))
          .as("a driver that cannot be hidden")
          .doesNotExist();
      requireReason(probe(Map.of("LD_LIBRARY_PATH", "/nowhere")), "libcuda.so.1");
    } else {
      requireReason(
          probe(Map.of("OCL_ICD_VENDORS", "/nowhere")),
          "TornadoVM did not start: No OpenCL platforms found.");
    }
  }

  @Test
  void runningKernelsInJavaInsteadIsRefused() throws IOException {
    requireReason(
        probe(Map.of(), "-Dtornado.recover.bailout=true"),
        "-Dtornado.recover.bailout=false is missing");
  }
}
