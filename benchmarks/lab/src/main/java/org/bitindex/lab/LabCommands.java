package org.bitindex.lab;

import java.util.List;
import org.bitindex.cli.CommandProvider;

/** The commands of the laboratory. */
public final class LabCommands implements CommandProvider {
  @Override
  public List<Class<?>> commands() {
    return List.of(
        DecodeSpeedCommand.class,
        DemoCommand.class,
        EqualBytesCommand.class,
        EvaluateCommand.class,
        LlamaCppCommand.class,
        MiniLmCommand.class,
        MnistCommand.class,
        NetworksCommand.class,
        ReportCommand.class);
  }
}
