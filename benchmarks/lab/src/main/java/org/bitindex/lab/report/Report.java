package org.bitindex.lab.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bitindex.cli.measure.Environment;
import org.bitindex.io.AtomicFile;
import org.bitindex.io.IfExists;
import org.bitindex.lab.claims.Claims;
import org.bitindex.lab.claims.Judgement;
import org.bitindex.lab.evaluation.PrecisionRecord;
import org.bitindex.lab.evaluation.ProductRecord;
import org.bitindex.lab.evaluation.Results;
import org.bitindex.lab.evaluation.StorageRecord;

/**
 * Everything that an evaluation hands out.
 *
 * @param command the command line that made it
 */
public record Report(String command, Environment environment, Results results) {
  private static final String TITLE = "Bit-Index Encoding: evaluation";

  /** What {@code results.json} holds. */
  private record Everything(
      String command, Environment environment, List<Judgement> claims, Results results) {}

  /**
   * Writes {@code report.md}, {@code report.html}, plots, {@code storage.csv}, {@code
   * products.csv}, {@code precision.csv} and {@code results.json}. Nothing is written before all of
   * it is made; each file appears whole.
   *
   * @param folder created if it is missing; files of the same names are replaced
   */
  public void write(Path folder) throws IOException {
    List<Judgement> claims = Claims.judge(results);
    Map<String, byte[]> images = Charts.of(results);
    String markdown = new ReportText(TITLE, command, environment, results, claims).markdown();

    Map<String, byte[]> files = new LinkedHashMap<>(images);
    files.put("storage.csv", utf8(RawFiles.csv(StorageRecord.class, results.storage())));
    files.put("products.csv", utf8(RawFiles.csv(ProductRecord.class, results.products())));
    files.put("precision.csv", utf8(RawFiles.csv(PrecisionRecord.class, results.precision())));
    files.put(
        "results.json", utf8(RawFiles.json(new Everything(command, environment, claims, results))));
    files.put("report.html", utf8(HtmlPage.of(TITLE, markdown, images)));
    files.put("report.md", utf8(markdown));

    Files.createDirectories(folder);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      AtomicFile.write(folder.resolve(file.getKey()), IfExists.REPLACE, file.getValue());
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
