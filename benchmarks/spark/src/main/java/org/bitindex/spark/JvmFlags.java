package org.bitindex.spark;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * Prints what the JVM of the embedded mode needs, a flag a line: Spark's own list, and its log. The
 * build writes them to a file for {@code java @file}; {@code spark-submit} brings its own.
 */
final class JvmFlags {
  private static final Pattern OPENED = Pattern.compile("--add-opens=([^/]+)/([^=]+)=.*");

  private JvmFlags() {}

  static void main() {
    for (String flag : JavaModuleOptions.defaultModuleOptionArray()) {
      if (!opensMissingPackage(flag)) {
        System.out.println(flag);
      }
    }
    System.out.println("-Dlog4j2.configurationFile=org/bitindex/spark/log4j2.properties");
  }

  /** Spark's list serves several JDKs; the JVM warns about packages that it does not have. */
  private static boolean opensMissingPackage(String flag) {
    Matcher opened = OPENED.matcher(flag);
    return opened.matches()
        && ModuleLayer.boot()
            .findModule(opened.group(1))
            .filter(module -> module.getPackages().contains(opened.group(2)))
            .isEmpty();
  }
}
