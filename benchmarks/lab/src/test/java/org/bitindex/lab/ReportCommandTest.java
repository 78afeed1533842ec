package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.bitindex.BitIndexMatrix;
import org.bitindex.cli.CommandRun;
import org.bitindex.cli.devices.DeviceReport;
import org.bitindex.cli.devices.DeviceTiming;
import org.bitindex.cli.measure.Environment;
import org.bitindex.cli.text.JsonText;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.lab.networks.NetworkRow;
import org.bitindex.lab.networks.Rate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportCommandTest {
  @TempDir private Path folder;

  private Path save(String name, Object... args) throws IOException {
    return Files.writeString(folder.resolve(name), CommandRun.ok(args).out());
  }

  private Path saveRecord(String name, Object found) throws IOException {
    return Files.writeString(folder.resolve(name), JsonText.text(found));
  }

  private static DeviceTiming timing(String device, int batch, double millis) {
    return new DeviceTiming(device, "a CPU", "binary", batch, 3, 2, millis, 1000, null);
  }

  private static Rate rate(double perSecond) {
    return new Rate(perSecond, perSecond, perSecond);
  }

  /** One page of everything. */
  private Path page() throws IOException {
    Path model = folder.resolve("a<b.safetensors");
    try (BitIndexMatrix matrix = BitIndexMatrix.of(2, 3, 1, 2, 3, 4, 5, 6).encode()) {
      matrix.save(model);
    }
    var timings =
        new DeviceReport(
            Environment.here("none"),
            "64x32",
            0.1,
            List.of(timing("vector", 1, 0.5), timing("vector", 16, 2.5), timing("scalar", 1, 9)),
            List.of());
    List<NetworkRow> networks =
        List.of(
            new NetworkRow("tiny", "FP32", 9_000_000, null, "words", 0.9, 1, rate(20), rate(30)),
            new NetworkRow(
                "tiny", "ours", 1_500_000, 2_000_000L, "words", 0.89, 0.99, rate(10), null));
    Path page = folder.resolve("page.html");
    CommandRun.ok(
        "report",
        save("devices.json", "devices", "--json"),
        saveRecord("timings.json", timings),
        save("model.json", "inspect", model, "--json"),
        saveRecord("networks.json", networks),
        "--output",
        page);
    return page;
  }

  @Test
  void othersMayReadThePageAsAnyNewFile() throws IOException {
    assertThat(Files.getPosixFilePermissions(page()))
        .isEqualTo(Files.getPosixFilePermissions(Files.createFile(folder.resolve("any new file"))));
  }

  @Test
  void onePageHoldsTablesAndPlots() throws IOException {
    String html = Files.readString(page());
    assertThat(html)
        .startsWith("<!DOCTYPE html>")
        .contains("<h2>Devices</h2>", "<td>scalar</td>", "binary, batch 16", "2.50")
        .contains("a&lt;b.safetensors", "1 matrix,", "<h2>Networks</h2>", "89.0 %", "10.0/s")
        .doesNotContain("a<b")
        .endsWith("</html>\n");
    // Self-contained: every image lies inside, and nothing else is loaded.
    assertThat(Pattern.compile("<img src=\"data:image/png;base64,[^\"]+\"").matcher(html).results())
        .hasSize(3);
    assertThat(html).doesNotContain("http://", "https://", "<script");
    for (String tag : List.of("table", "tr", "td", "h2", "body")) {
      assertThat(html.split("<" + tag + "[ >]", -1))
          .hasSameSizeAs(html.split("</" + tag + ">", -1));
    }
  }

  @Test
  void noWeightsAndNothingRightAreDrawnToo() throws IOException {
    Path model = folder.resolve("empty.safetensors");
    try (BitIndexMatrix empty = BitIndexMatrix.of(0, 3).encode();
        BitIndexMatrix matrix = BitIndexMatrix.of(1, 2, 1, 2).encode()) {
      new ModelWriter()
          .add("empty", empty.encoded())
          .add("matrix", matrix.encoded())
          .write(model, IfExists.REFUSE);
    }
    List<NetworkRow> networks =
        List.of(new NetworkRow("tiny", "FP32", 9_000_000, null, "words", 0, 1, rate(20), rate(30)));
    Path page = folder.resolve("page.html");
    CommandRun.ok(
        "report",
        save("model.json", "inspect", model, "--json"),
        saveRecord("networks.json", networks),
        "--output",
        page);
    assertThat(Files.readString(page)).contains("2 matrices,", "0.0 %");
  }

  @Test
  void aBrowserShowsAllOfIt() throws Exception {
    Path page = page();
    try (var browser = Browser.open()) {
      browser.visit(page);
      assertThat(browser.ask("document.title")).isEqualTo("Bit-Index Encoding");
      assertThat(browser.ask("document.compatMode")).as("standards mode").isEqualTo("CSS1Compat");
      assertThat(browser.ask("document.querySelectorAll('h2').length")).isEqualTo("4");
      assertThat(
              browser.ask(
                  "[...document.images].map(i => i.naturalWidth + 'x' + i.naturalHeight).join()"))
          .isEqualTo("960x600,960x600,960x600");
      assertThat(
              browser.ask("[...document.querySelectorAll('table')].map(t => t.rows.length).join()"))
          .isEqualTo(
              "%d,4,2,3"
                  .formatted(
                      1
                          + new ObjectMapper()
                              .readTree(Files.readString(folder.resolve("devices.json")))
                              .get("devices")
                              .size()));
      assertThat(
              browser.ask(
                  "performance.getEntriesByType('resource')"
                      + ".filter(r => !r.name.startsWith('data:')).length"))
          .as("loaded from elsewhere")
          .isEqualTo("0");
      assertThat(browser.ask("document.documentElement.scrollWidth <= window.innerWidth"))
          .as("nothing runs out of the window")
          .isEqualTo("true");
    }
  }

  @Test
  void otherFilesAreRefused() throws IOException {
    Path page = folder.resolve("page.html");
    Path bad = Files.writeString(folder.resolve("bad.json"), "{");
    CommandRun.of("report", bad, "--output", page).requireFailure(1, "bad.json is not JSON");
    Path other = Files.writeString(folder.resolve("other.json"), "{}");
    CommandRun.of("report", other, "--output", page)
        .requireFailure(
            1, "other.json is not what devices, compare-devices, inspect or networks print");
    assertThat(page).doesNotExist();
  }
}
