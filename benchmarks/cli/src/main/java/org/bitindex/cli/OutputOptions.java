package org.bitindex.cli;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.io.IfExists;
import picocli.CommandLine.Option;

/** Where a command writes: {@code --output}, {@code --force}. */
public final class OutputOptions {
  @Option(
      names = "--output",
      required = true,
      paramLabel = "FILE",
      description = "file to write, whole or not at all")
  private String location;

  @Option(names = "--force", description = "replace an existing output")
  private boolean force;

  /** The file to write. */
  public Path path() {
    return Path.of(location);
  }

  /** The output as the user wrote it, which some engines take for a URI. */
  public String location() {
    return location;
  }

  /** What the writer does about an existing file. */
  public IfExists ifExists() {
    return force ? IfExists.REPLACE : IfExists.REFUSE;
  }

  /**
   * Refuses an output that exists, has no directory, or is one of the files that are read, before
   * any work is done for it; the writer checks again.
   *
   * @param sources files and folders that the command reads, of which not even {@code --force}
   *     replaces one
   */
  public void requireFree(List<Path> sources) throws IOException {
    requireFree(path(), force, sources);
  }

  /** The same for an output of another option. */
  static void requireFree(Path path, boolean force, List<Path> sources) throws IOException {
    for (Path source : sources) {
      if (Files.exists(path) && Files.exists(source) && holds(source, path)) {
        throw new IOException("cannot write " + path + ": it is read too; choose another name");
      }
    }
    if (!force && Files.isRegularFile(path)) {
      throw new FileAlreadyExistsException(path.toString());
    }
    Path folder = path.toAbsolutePath().getParent();
    if (folder == null || Files.isDirectory(path)) {
      throw new IOException("cannot write '" + path + "': it is a directory");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IOException("cannot write " + path + ": it is not a regular file");
    }
    if (!Files.isDirectory(folder)) {
      throw new IOException("cannot write " + path + ": there is no directory " + folder);
    }
  }

  private static boolean holds(Path source, Path path) throws IOException {
    return Files.isSameFile(path, source)
        || (Files.isDirectory(source) && path.toRealPath().startsWith(source.toRealPath()));
  }
}
