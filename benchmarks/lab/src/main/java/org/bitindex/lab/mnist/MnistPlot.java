package org.bitindex.lab.mnist;

import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler;

/** The results as a picture: accuracy over size, a line for each encoding. */
final class MnistPlot {
  /** Kelly's colours of most contrast, without those that are weak on white. */
  private static final Color[] COLORS = {
    new Color(0x222222), new Color(0x848482), new Color(0xF38400), new Color(0xA1CAF1),
    new Color(0xBE0032), new Color(0x875692), new Color(0x008856), new Color(0xE68FAC),
    new Color(0x0067A5), new Color(0x604E97), new Color(0xF6A600), new Color(0x8DB600),
    new Color(0x654522)
  };

  private MnistPlot() {}

  /** Writes a PNG file. */
  static void write(Path file, List<MnistRow> rows) throws IOException {
    XYChart chart =
        new XYChartBuilder()
            .width(1000)
            .height(640)
            .title("LeNet-300-100 on MNIST digits: accuracy over model size")
            .xAxisTitle("model size [kB], logarithmic")
            .yAxisTitle("accuracy on held-out digits [%]")
            .build();
    chart.getStyler().setXAxisLogarithmic(true);
    chart.getStyler().setLegendPosition(Styler.LegendPosition.OutsideE);
    chart.getStyler().setMarkerSize(7);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setSeriesColors(COLORS);
    Map<String, List<MnistRow>> series = new LinkedHashMap<>();
    for (MnistRow row : rows) {
      series.computeIfAbsent(row.name(), _ -> new ArrayList<>()).add(row);
    }
    series.forEach((name, points) ->
        chart.addSeries(
            name,
            points.stream().mapToDouble(row -> row.bytes() / 1e3).toArray(),
            points.stream().mapToDouble(row -> 100 * row.accuracy()).toArray()));
    Files.write(file, ChartEncoder.getBytes(chart, "png"));
  }
}
