package org.bitindex.spark;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.bitindex.io.IfExists;

/**
 * A folder that is written whole or not at all: as a hidden folder beside it, then renamed. On a
 * file system where renaming copies, as on object stores, the last step takes time.
 */
final class OutputFolder implements AutoCloseable {
  /** The file that Spark leaves in a complete output. */
  private static final String COMPLETE = "_SUCCESS";

  private final FileSystem system;
  private final Path path;
  private final Path temporary;
  private final IfExists ifExists;

  private OutputFolder(FileSystem system, Path path, IfExists ifExists) {
    this.system = system;
    this.path = path;
    this.temporary = hidden(path);
    this.ifExists = ifExists;
  }

  /**
   * Begins an output.
   *
   * @param input which it must not replace
   * @throws FileAlreadyExistsException if it exists and must not be replaced
   * @throws IOException if what is there is no earlier output
   */
  static OutputFolder create(
      String output, String input, IfExists ifExists, Configuration configuration)
      throws IOException {
    var path = new Path(output);
    FileSystem system = path.getFileSystem(configuration);
    path = system.makeQualified(path);
    var inputPath = new Path(input);
    inputPath = inputPath.getFileSystem(configuration).makeQualified(inputPath);
    if ((inputPath + "/").startsWith(path + "/")) {
      throw new IOException(output + " would replace the input " + input);
    }
    var folder = new OutputFolder(system, path, ifExists);
    folder.requireFree();
    // Where the user interrupts the program, close() is not called.
    system.deleteOnExit(folder.temporary);
    return folder;
  }

  private static Path hidden(Path path) {
    return new Path(path.getParent(), "." + path.getName() + "." + UUID.randomUUID());
  }

  private void requireFree() throws IOException {
    if (!system.exists(path)) {
      return;
    }
    if (ifExists == IfExists.REFUSE) {
      throw new FileAlreadyExistsException(path.toUri().getPath());
    }
    if (!system.exists(new Path(path, COMPLETE))) {
      throw new IOException(
          path.toUri().getPath()
              + " is no earlier output (it has no "
              + COMPLETE
              + "), so --force does not replace it");
    }
  }

  /** Where to write until {@link #commit()}. */
  String temporary() {
    return temporary.toString();
  }

  /** Puts the complete output in place; an earlier one is removed only then. */
  void commit() throws IOException {
    requireFree();
    Path earlier = null;
    if (system.exists(path)) {
      earlier = hidden(path);
      rename(path, earlier);
    }
    rename(temporary, path);
    system.cancelDeleteOnExit(temporary);
    if (earlier != null) {
      system.delete(earlier, true);
    }
  }

  private void rename(Path from, Path to) throws IOException {
    if (!system.rename(from, to)) {
      throw new IOException("cannot rename " + from + " to " + to);
    }
  }

  /** Removes what was not committed. */
  @Override
  public void close() throws IOException {
    system.delete(temporary, true);
  }
}
