package org.bitindex.cli;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of {@code bie infer --engine spark}. */
public final class SparkOptions {
  /** What happens to a job that meets a row with the wrong number of features, or with NaN. */
  public enum BadRows {
    /** The job stops and names the row. */
    FAIL,
    /** The row's outputs are null. */
    NULL
  }

  @Option(
      names = "--master",
      paramLabel = "URL",
      description =
          "local[N] for N threads of this process, or a cluster's URL (default: that of"
              + " spark-submit, else local[*])")
  private @Nullable String master;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description =
          "Parquet column of float arrays; all others are keys, carried to the output (default:"
              + " features)")
  private String column = "features";

  @Option(
      names = "--on-bad-row",
      paramLabel = "fail|null",
      description =
          "stop at a row of wrong length or with NaN or infinity, or leave its outputs null"
              + " (default: fail)")
  private BadRows onBadRow = BadRows.FAIL;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description = "parts of the work and files of the output (default, or 0: by size)")
  private int partitions;

  @Option(
      names = "--conf",
      paramLabel = "KEY=VALUE",
      description = "a setting of Spark; may be repeated")
  private Map<String, String> settings = new TreeMap<>();

  /** Spark's master URL, or null for the default. */
  public @Nullable String master() {
    return master;
  }

  /** The Parquet column that holds the features. */
  public String column() {
    return column;
  }

  public BadRows onBadRow() {
    return onBadRow;
  }

  /** Number of partitions, or 0 to choose it by size. */
  public int partitions() {
    return partitions;
  }

  /** Spark's own settings. */
  public Map<String, String> settings() {
    return settings;
  }
}
