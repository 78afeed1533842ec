package org.bitindex;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A source of any module's main code.
 *
 * @param packageName "org.bitindex.spark"
 * @param type its simple name
 * @param names what it imports, and what of this project it names in full; not in comments
 */
record SourceFile(String packageName, String type, Set<String> names) {
  private static final Path PROJECT = Path.of("../..");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\\n]*");
  private static final Pattern PACKAGE = Pattern.compile("(?m)^package ([\\w.]+);");
  private static final Pattern NAME =
      Pattern.compile("(?m)^import (?:static )?([\\w.]+)|\\b(org\\.bitindex\\.[\\w.]+\\w)");

  /** All sources, of whatever modules there are. */
  static List<SourceFile> all() throws IOException {
    List<SourceFile> all = new ArrayList<>();
    for (Path parent : List.of(PROJECT, PROJECT.resolve("benchmarks"))) {
      try (DirectoryStream<Path> modules = Files.newDirectoryStream(parent)) {
        for (Path module : modules) {
          Path folder = module.resolve("src/main/java");
          if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
              files.filter(SourceFile::isType).map(SourceFile::read).forEach(all::add);
            }
          }
        }
      }
    }
    return all;
  }

  private static boolean isType(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(".java") && !name.contains("-info");
  }

  private static SourceFile read(Path file) {
    String text;
    try {
      text = COMMENT.matcher(Files.readString(file)).replaceAll(" ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher place = PACKAGE.matcher(text);
    if (!place.find()) {
      throw new IllegalArgumentException(file + " has no package");
    }
    Set<String> names = new TreeSet<>();
    NAME.matcher(text.substring(place.end()))
        .results()
        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
        .forEach(names::add);
    String type = file.getFileName().toString().replace(".java", "");
    return new SourceFile(place.group(1), type, names);
  }
}
