package org.bitindex.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.bitindex.cli.OutputOptions;
import org.bitindex.cli.text.TextFile;
import org.bitindex.io.AtomicFile;
import org.bitindex.lab.report.Page;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bie report}: one HTML page of what other commands printed. */
@Command(
    name = "report",
    description =
        "Makes one self-contained HTML page, with plots, of what devices, compare-devices, inspect"
            + " and networks printed with --json.",
    mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
  @Parameters(arity = "1..*", paramLabel = "JSON", description = "files with their output")
  private List<Path> inputs;

  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException {
    output.requireFree(inputs);
    Map<String, JsonNode> read = new LinkedHashMap<>();
    for (Path input : inputs) {
      try {
        read.put(input.toString(), new ObjectMapper().readTree(TextFile.read(input)));
      } catch (JsonProcessingException e) {
        throw new IOException(input + " is not JSON: " + e.getOriginalMessage(), e);
      }
    }
    byte[] page = Page.of(read).getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(output.path(), output.ifExists(), page);
    return 0;
  }
}
