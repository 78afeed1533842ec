package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.Required;

/** Runs scripts that know of a format only what its documentation says. */
public final class Python {
  private static final Path MODULE = Path.of(System.getProperty("basedir", "."));

  private Python() {}

  /** The lines that a script prints; the test is skipped where there is no python3. */
  static List<String> run(String script, Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of("python3", MODULE.resolve(script).toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return Required.isMissing("python3", "python3 is not on the PATH");
    }
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as("%s", lines).isZero();
    return lines;
  }
}
