package org.bitindex.spark;

import java.net.URISyntaxException;
import java.nio.file.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.bitindex.cli.SparkOptions;
import org.bitindex.cli.text.Progress;
import org.jspecify.annotations.Nullable;

/** Starts Spark: as spark-submit configured it, or embedded in this process. */
final class Session {
  private Session() {}

  /** A session that the caller closes. The user's settings win over the defaults here. */
  static SparkSession open(SparkOptions options) {
    var conf = new SparkConf();
    if (options.master() != null) {
      conf.setMaster(options.master());
    }
    options.settings().forEach(conf::set);
    conf.setIfMissing("spark.app.name", "bie infer");
    if (!conf.contains("spark.submit.deployMode")) {
      embed(conf);
    }
    // Only this version of Hadoop's commit shows no output of a task before the job has ended.
    conf.set("spark.hadoop.mapreduce.fileoutputcommitter.algorithm.version", "1");
    // Else the files of the application, such as the model, are hidden from the session's jobs.
    conf.set("spark.sql.artifact.isolation.enabled", "false");
    return SparkSession.builder().config(conf).getOrCreate();
  }

  private static void embed(SparkConf conf) {
    conf.setIfMissing("spark.master", "local[*]");
    conf.setIfMissing("spark.ui.enabled", "false");
    conf.setIfMissing("spark.ui.showConsoleProgress", String.valueOf(Progress.isWatched()));
    String master = conf.get("spark.master");
    if (master.startsWith("local")) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1");
      conf.setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    Path code = ownCode();
    if (code != null && code.toString().endsWith(".jar")) {
      conf.setIfMissing("spark.jars", code.toUri().toString());
    }
  }

  /** The jar, or while testing the folder, that executors must get. */
  private static @Nullable Path ownCode() {
    var source = Session.class.getProtectionDomain().getCodeSource();
    try {
      return source == null ? null : Path.of(source.getLocation().toURI());
    } catch (URISyntaxException _) {
      return null;
    }
  }
}
