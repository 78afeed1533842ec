package org.bitindex.cli.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where and when results were measured.
 *
 * @param date UTC
 * @param processor model and instruction set extensions that matter
 * @param processors logical processors
 * @param memoryGibibytes of the machine
 * @param operatingSystem name, version, architecture
 * @param jdk vendor and version
 * @param flags of the JVM that may change speed
 * @param commit of the sources, "-dirty" with changes, or "unknown"
 * @param backend description of the backend that multiplies
 */
public record Environment(
    String date,
    String processor,
    int processors,
    long memoryGibibytes,
    String operatingSystem,
    String jdk,
    String flags,
    String commit,
    String backend) {
  private static final List<String> EXTENSIONS =
      List.of("avx2", "avx512f", "avx512_vbmi", "avx512_vnni", "asimd", "sve");

  /** This machine, now. */
  public static Environment here(String backend) {
    return new Environment(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        readProcessor(),
        Runtime.getRuntime().availableProcessors(),
        readMemory(),
        String.join(
            " ",
            System.getProperty("os.name"),
            System.getProperty("os.version"),
            System.getProperty("os.arch")),
        System.getProperty("java.vm.vendor") + " " + System.getProperty("java.vm.version"),
        readFlags(),
        askGit(),
        backend);
  }

  private static String readProcessor() {
    Path file = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(file)) {
      return "unknown";
    }
    try {
      String text = Files.readString(file, StandardCharsets.UTF_8);
      List<String> present = List.of(field(text, "flags").split(" "));
      return field(text, "model name")
          + EXTENSIONS.stream()
              .filter(present::contains)
              .collect(Collectors.joining(", ", " (", ")"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String field(String cpuinfo, String name) {
    var matcher = Pattern.compile("(?m)^" + name + "\\s*: (.*)$").matcher(cpuinfo);
    return matcher.find() ? matcher.group(1) : "unknown";
  }

  private static long readMemory() {
    var system =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class);
    return Math.round(system.getTotalMemorySize() * 0x1p-30);
  }

  /** Without system properties and paths, which say more of a user than of the measurement. */
  private static String readFlags() {
    String flags =
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
            .filter(flag -> flag.startsWith("-X") || flag.startsWith("--add-modules"))
            .filter(flag -> !flag.contains("/"))
            .collect(Collectors.joining(" "));
    return flags.isEmpty() ? "none" : flags;
  }

  private static String askGit() {
    try {
      Path code =
          Path.of(Environment.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      Process git =
          new ProcessBuilder(
                  "git",
                  "-C",
                  code.resolveSibling(".").toString(),
                  "describe",
                  "--always",
                  "--dirty",
                  "--abbrev=12")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String answer =
          new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      boolean answered = git.waitFor(10, TimeUnit.SECONDS) && git.exitValue() == 0;
      return answered ? answer : "unknown";
    } catch (IOException | URISyntaxException e) {
      return "unknown"; // no git, or no checkout
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "unknown";
    }
  }
}
