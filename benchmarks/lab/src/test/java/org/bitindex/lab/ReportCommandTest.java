package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.bitindex.BitIndexMatrix;
import org.bitindex.cli.CommandRun;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  @TempDir private Path folder;

  private Path save(String name, Object... args) throws IOException {
    return Files.writeString(folder.resolve(name), CommandRun.ok(args).out());
  }

  @Test
  void onePageHoldsTablesAndPlots() throws IOException {
    Path model = folder.resolve("a<b.safetensors");
    try (BitIndexMatrix matrix = BitIndexMatrix.of(2, 3, 1, 2, 3, 4, 5, 6).encode()) {
      matrix.save(model);
    }
    Path timings =
        Files.writeString(
            folder.resolve("timings.json"),
            """
            {"shape": "64x32", "density": 0.1, "timings": [
              {"device": "vector", "operation": "binary, batch 1", "batch": 1, "millis": 0.5,
               "preparationMillis": 3, "firstCallMillis": 2, "driver": null},
              {"device": "vector", "operation": "binary, batch 16", "batch": 16, "millis": 2.5,
               "preparationMillis": 3, "firstCallMillis": 2, "driver": null}], "absent": []}
            """);
    Path page = folder.resolve("page.html");
    CommandRun.ok(
        "report",
        save("devices.json", "devices", "--json"),
        timings,
        save("model.json", "inspect", model, "--json"),
        "--output",
        page);
    String html = Files.readString(page);
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("<h2>Devices</h2>", "<td>scalar</td>", "binary, batch 16", "2.50")
        .contains("a&lt;b.safetensors", "1 matrix,")
        .doesNotContain("a<b")
        .endsWith("</html>\n");
    // Self-contained: every image lies inside, and nothing else is loaded.
    assertThat(Pattern.compile("<img src=\"data:image/png;base64,[^\"]+\"").matcher(html).results())
        .hasSize(2);
    assertThat(html).doesNotContain("http://", "https://", "<script");
    for (String tag : List.of("table", "tr", "td", "h2", "body")) {
      assertThat(html.split("<" + tag + "[ >]", -1))
          .hasSameSizeAs(html.split("</" + tag + ">", -1));
    }
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path page = folder.resolve("page.html");
    Path bad = Files.writeString(folder.resolve("bad.json"), "{");
    CommandRun.of("report", bad, "--output", page).requireFailure(1, "bad.json is not JSON");
    Path other = Files.writeString(folder.resolve("other.json"), "{}");
    CommandRun.of("report", other, "--output", page)
        .requireFailure(1, "other.json is not what devices, compare-devices or inspect print");
    assertThat(page).doesNotExist();
  }
}
