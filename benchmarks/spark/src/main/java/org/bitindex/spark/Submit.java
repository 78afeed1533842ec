package org.bitindex.spark;

import java.util.stream.Stream;
import org.bitindex.cli.Main;

/** The entry for {@code spark-submit}: {@code bie infer --engine spark} with the given options. */
public final class Submit {
  private Submit() {}

  /**
   * Runs the job; a failure exits with 1 for bad data or 2 for bad usage.
   *
   * @param args the options of {@code bie infer}
   */
  public static void main(String[] args) {
    String[] all =
        Stream.concat(Stream.of("infer", "--engine=spark"), Stream.of(args)).toArray(String[]::new);
    int code = Main.commandLine().execute(all);
    // A cluster takes any exit of its own accord, with 0 too, for a failure.
    if (code != 0) {
      System.exit(code);
    }
  }
}
