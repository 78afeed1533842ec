package org.bitindex.lab.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bitindex.lab.statistics.Summary;
import org.knowm.xchart.ChartEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** One plot, with a logarithmic y axis unless it is told otherwise. */
final class Chart {
  /** Distinct for most colour-blind readers too (Okabe and Ito 2008, and three greys). */
  private static final Color[] COLORS = {
    new Color(0x0072B2),
    new Color(0xD55E00),
    new Color(0x009E73),
    new Color(0xCC79A7),
    new Color(0xE69F00),
    new Color(0x56B4E9),
    new Color(0x000000),
    new Color(0x7F7F7F),
    new Color(0xB8860B)
  };

  private static final BasicStroke DASHED =
      new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 0, new float[] {6, 4}, 0);

  private final XYChart chart;

  Chart(String title, String xTitle, String yTitle) {
    chart =
        new XYChartBuilder()
            .width(960)
            .height(600)
            .title(title)
            .xAxisTitle(xTitle)
            .yAxisTitle(yTitle)
            .build();
    chart
        .getStyler()
        .setYAxisLogarithmic(true)
        .setYAxisLogarithmicDecadeOnly(false)
        .setErrorBarsColorSeriesColor(true)
        .setChartBackgroundColor(Color.WHITE)
        .setSeriesColors(COLORS)
        .setLegendPosition(Styler.LegendPosition.OutsideE)
        .setLegendBorderColor(Color.WHITE);
    chart.getStyler().setYAxisTickLabelsFormattingFunction(Chart::logarithmicLabel);
    chart.getStyler().setXAxisTickLabelsFormattingFunction(Chart::label);
  }

  Chart logarithmicX() {
    chart
        .getStyler()
        .setXAxisLogarithmic(true)
        .setXAxisLogarithmicDecadeOnly(false)
        .setXAxisTickLabelsFormattingFunction(Chart::logarithmicLabel);
    return this;
  }

  /** The y axis begins at 0: for figures of one magnitude, and for those that may be 0. */
  Chart linearY() {
    chart
        .getStyler()
        .setYAxisLogarithmic(false)
        .setYAxisMin(0.0)
        .setYAxisTickLabelsFormattingFunction(Chart::label);
    return this;
  }

  /**
   * A line through points with their confidence intervals, cut at 90 % of the mean for the
   * logarithm's sake; nothing where there are no points.
   */
  Chart line(String name, List<Double> x, List<Summary> y) {
    if (!x.isEmpty()) {
      addLine(name, x, y);
    }
    return this;
  }

  private XYSeries addLine(String name, List<Double> x, List<Summary> y) {
    return chart.addSeries(
        name,
        x,
        y.stream().map(Summary::mean).toList(),
        y.stream().map(s -> Math.min(s.halfWidth(), 0.9 * s.mean())).toList());
  }

  /** Gives the plot a second axis, for {@link #rightLine}. */
  Chart rightAxis(String title) {
    chart.setYAxisGroupTitle(1, title);
    chart.getStyler().setYAxisGroupPosition(1, Styler.YAxisPosition.Right);
    return this;
  }

  /** As {@link #line}, dashed and on the right axis. */
  Chart rightLine(String name, List<Double> x, List<Summary> y) {
    if (!x.isEmpty()) {
      XYSeries series = addLine(name, x, y);
      series.setYAxisGroup(1);
      series.setLineStyle(DASHED);
    }
    return this;
  }

  /** A dashed line without markers: a bound, not a measurement. */
  Chart bound(String name, List<Double> x, List<Double> y) {
    if (!x.isEmpty()) {
      XYSeries series = chart.addSeries(name, x, y);
      series.setLineStyle(DASHED);
      series.setMarker(SeriesMarkers.NONE);
    }
    return this;
  }

  /** A line through points. */
  Chart curve(String name, List<Double> x, List<Double> y) {
    if (!x.isEmpty()) {
      chart.addSeries(name, x, y);
    }
    return this;
  }

  /** Points without a line. */
  Chart points(String name, List<Double> x, List<Double> y) {
    if (!x.isEmpty()) {
      chart.addSeries(name, x, y).setXYSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter);
    }
    return this;
  }

  byte[] png() throws IOException {
    return ChartEncoder.getBytes(chart, "png");
  }

  /** 0.01, 20, 2M: short for every magnitude. */
  private static String label(double value) {
    if (Math.abs(value) >= 1e6) {
      return label(value / 1e6) + "M";
    }
    if (Math.abs(value) >= 1e4) {
      return label(value / 1e3) + "k";
    }
    String text = String.format(Locale.ROOT, "%.6f", value);
    return text.replaceAll("\\.?0+$", "");
  }

  /** Labels 1, 2 and 5 of each decade; the others would overlap. */
  private static String logarithmicLabel(double value) {
    double digit = value / Math.pow(10, Math.floor(Math.log10(value) + 1e-9));
    boolean room = Stream.of(1, 2, 5).anyMatch(d -> Math.abs(digit - d) < 1e-6);
    return room ? label(value) : " ";
  }

  static List<Double> list(double... values) {
    return Arrays.stream(values).boxed().toList();
  }
}
