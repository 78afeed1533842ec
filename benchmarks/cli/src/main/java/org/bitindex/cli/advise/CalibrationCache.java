package org.bitindex.cli.advise;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.bitindex.cli.measure.Environment;
import org.bitindex.io.AtomicFile;
import org.bitindex.io.IfExists;

/** Keeps what calibrations timed, one file for each machine, version and number of samples. */
public final class CalibrationCache {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * What the times hold for.
   *
   * @param processor model and instruction set extensions
   * @param processors logical processors
   * @param jdk vendor and version
   * @param flags of the JVM
   * @param backend with vector width and threads
   * @param version ours, and the commit
   * @param samples of a product
   */
  public record Identity(
      String processor,
      int processors,
      String jdk,
      String flags,
      String backend,
      String version,
      int samples) {
    /** This machine, now. */
    public static Identity of(ProductTiming timing) {
      String backend = timing.backend().description();
      Environment environment = Environment.here(backend);
      return new Identity(
          environment.processor(),
          environment.processors(),
          environment.jdk(),
          environment.flags(),
          backend,
          Identity.class.getPackage().getImplementationVersion() + " " + environment.commit(),
          timing.samples());
    }

    private String fileName() {
      var crc = new CRC32C();
      crc.update(toString().getBytes(StandardCharsets.UTF_8));
      return "advice-" + HexFormat.of().toHexDigits((int) crc.getValue()) + ".json";
    }
  }

  private record Contents(Identity identity, List<TimedProduct> products) {}

  private final Path file;
  private final Identity identity;

  public CalibrationCache(Path folder, Identity identity) {
    this.file = folder.resolve(identity.fileName());
    this.identity = identity;
  }

  /** Where this machine's calibration is kept. */
  public Path file() {
    return file;
  }

  /** What was timed; nothing if there is no file, or it is another's or damaged. */
  public Optional<List<TimedProduct>> load() throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      Contents contents = MAPPER.readValue(file.toFile(), Contents.class);
      return identity.equals(contents.identity) ? Optional.of(contents.products) : Optional.empty();
    } catch (JacksonException _) {
      return Optional.empty();
    }
  }

  /** Keeps {@code products}. */
  public void save(List<TimedProduct> products) throws IOException {
    Files.createDirectories(file.getParent());
    byte[] contents = MAPPER.writeValueAsBytes(new Contents(identity, products));
    AtomicFile.write(file, IfExists.REPLACE, contents);
  }
}
