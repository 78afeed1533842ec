package org.bitindex.lab.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.cli.text.Figures;

/**
 * A page for people, of what the command line printed with {@code --json}: devices, timings of
 * {@code compare-devices}, matrices of {@code inspect} and lines of {@code networks}.
 */
public final class Page {
  private final StringBuilder text = new StringBuilder();
  private final Map<String, byte[]> images = new LinkedHashMap<>();

  private Page() {}

  /**
   * One self-contained HTML page.
   *
   * @param outputs by the names of their files
   * @throws IllegalArgumentException if an output is none of them
   */
  public static String of(Map<String, JsonNode> outputs) throws IOException {
    var page = new Page();
    page.text.append("# Bit-Index Encoding\n\n");
    for (Map.Entry<String, JsonNode> output : outputs.entrySet()) {
      JsonNode root = output.getValue();
      if (root.has("devices")) {
        page.addDevices(root);
      } else if (root.has("timings")) {
        page.addTimings(root);
      } else if (root.has("matrices") && root.has("carried")) {
        page.addModel(root);
      } else if (root.path(0).has("network")) {
        page.addNetworks(root);
      } else {
        throw new IllegalArgumentException(
            output.getKey()
                + " is not what devices, compare-devices, inspect or networks print with --json");
      }
    }
    return HtmlPage.of("Bit-Index Encoding", page.text.toString(), page.images);
  }

  private void addDevices(JsonNode root) {
    text.append("## Devices\n\n");
    var table = MarkdownTable.ofText("backend", "device", "memory");
    for (JsonNode device : root.get("devices")) {
      long bytes = device.path("memoryBytes").asLong();
      table.add(
          device.path("backend").asText(),
          device.path("device").asText(),
          bytes == 0 ? "-" : Figures.bytes(bytes));
    }
    text.append(table);
    root.path("unavailable")
        .properties()
        .forEach(why ->
            text.append(why.getKey())
                .append(" is unavailable: ")
                .append(why.getValue().asText())
                .append("\n\n"));
  }

  private void addTimings(JsonNode root) throws IOException {
    String title = "Products, " + root.path("shape").asText();
    text.append("## ").append(title).append(", density ").append(root.path("density").asText());
    text.append("\n\n");
    var table =
        MarkdownTable.ofNumbers(
            List.of("device", "operation", "prepare ms", "first call ms", "end to end ms"));
    Map<String, List<List<Double>>> curves = new LinkedHashMap<>();
    for (JsonNode timing : root.get("timings")) {
      String device = timing.path("device").asText();
      String method = timing.path("method").asText();
      double batch = timing.path("batch").asDouble();
      double millis = timing.path("millis").asDouble();
      table.add(
          device,
          method + ", batch " + timing.path("batch").asText(),
          Figures.number(timing.path("preparationMillis").asDouble()),
          Figures.number(timing.path("firstCallMillis").asDouble()),
          Figures.number(millis));
      List<List<Double>> curve =
          curves.computeIfAbsent(
              device + ", " + method, _ -> List.of(new ArrayList<>(), new ArrayList<>()));
      curve.getFirst().add(batch);
      curve.getLast().add(millis);
    }
    var chart = new Chart(title, "samples of a batch", "milliseconds").logarithmicX();
    curves.forEach((name, curve) -> chart.curve(name, curve.getFirst(), curve.getLast()));
    addImage(title, chart);
    text.append(table);
  }

  private void addModel(JsonNode root) throws IOException {
    String title = root.path("file").asText();
    text.append("## ").append(title).append("\n\n");
    var table =
        MarkdownTable.ofNumbers(
            List.of("matrix", "shape", "code", "bytes", "bits a weight", "smaller than FP32"));
    List<Double> sizes = new ArrayList<>();
    List<Double> bits = new ArrayList<>();
    double bytes = 0;
    int matrices = 0;
    for (JsonNode matrix : root.get("matrices")) {
      double rows = matrix.path("shape").path(0).asDouble();
      double columns = matrix.path("shape").path(1).asDouble();
      bytes += matrix.path("bytes").asDouble();
      matrices++;
      if (rows * columns > 0) {
        sizes.add(rows * columns);
        bits.add(matrix.path("bitsPerWeight").asDouble());
      }
      table.add(
          matrix.path("name").asText(),
          matrix.path("shape").path(0).asText() + " x " + matrix.path("shape").path(1).asText(),
          matrix.path("code").asText(),
          Figures.bytes(matrix.path("bytes").asDouble()),
          Figures.significant(matrix.path("bitsPerWeight").asDouble()),
          Figures.ratio(matrix.path("ratio").asDouble()));
    }
    double weights = sizes.stream().mapToDouble(Double::doubleValue).sum();
    text.append(
        "%s, %s, %s smaller than FP32.%n%n"
            .formatted(
                Figures.count(matrices, "matrix"),
                Figures.bytes(bytes),
                weights == 0 ? "-" : Figures.ratio(weights * Float.BYTES / bytes)));
    addImage(
        title,
        new Chart(title, "weights of a matrix", "bits a weight")
            .logarithmicX()
            .linearY()
            .points("matrices", sizes, bits));
    text.append(table);
  }

  /** One table and one plot for all: a network's forms are points of one colour. */
  private void addNetworks(JsonNode root) throws IOException {
    text.append("## Networks\n\n");
    var table =
        MarkdownTable.ofNumbers(
            List.of("network", "form", "file", "memory", "task", "right", "1 by 1", "by 32"));
    Map<String, List<List<Double>>> points = new LinkedHashMap<>();
    for (JsonNode line : root) {
      double bytes = line.path("fileBytes").asDouble();
      table.add(
          line.path("network").asText(),
          line.path("form").asText(),
          Figures.bytes(bytes),
          line.path("memoryBytes").isNumber()
              ? Figures.bytes(line.path("memoryBytes").asDouble())
              : "-",
          line.path("task").asText(),
          Figures.percent(line.path("quality").asDouble()),
          perSecond(line.path("perSecond1")),
          perSecond(line.path("perSecond32")));
      List<List<Double>> own =
          points.computeIfAbsent(
              line.path("network").asText(), _ -> List.of(new ArrayList<>(), new ArrayList<>()));
      own.getFirst().add(bytes / 1e6);
      own.getLast().add(100 * line.path("quality").asDouble());
    }
    var chart =
        new Chart("Size and quality", "megabytes of the file", "% right").logarithmicX().linearY();
    points.forEach((name, own) -> chart.points(name, own.getFirst(), own.getLast()));
    addImage("Size and quality", chart);
    text.append(table);
  }

  private static String perSecond(JsonNode rate) {
    return rate.has("median") ? Figures.significant(rate.path("median").asDouble()) + "/s" : "-";
  }

  private void addImage(String title, Chart chart) throws IOException {
    String name = images.size() + ".png";
    images.put(name, chart.png());
    text.append("![").append(title).append("](").append(name).append(")\n\n");
  }
}
