package org.bitindex.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The {@code bie} command line: encode, inspect and multiply. */
@Command(
    name = "bie",
    description = "Stores and multiplies the weights of neural networks as bit positions.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {"0:done", "1:bad data", "2:bad usage"})
public final class Main implements Callable<Integer> {
  private static final List<Class<?>> COMMANDS =
      List.of(
          EncodeCommand.class,
          DecodeCommand.class,
          ExportCommand.class,
          InspectCommand.class,
          AdviseCommand.class,
          MultiplyCommand.class,
          VerifyCommand.class,
          InferCommand.class,
          DevicesCommand.class,
          CompareDevicesCommand.class,
          EmbedCommand.class,
          OperatorsCommand.class,
          ConformanceCommand.class,
          GenerateCommand.class,
          AutoComplete.GenerateCompletion.class,
          ManPageCommand.class);

  private static final String LOG_FORMAT = "java.util.logging.SimpleFormatter.format";

  @Spec private CommandSpec command;

  private Main() {}

  /** Runs one command and exits with 0, 1 for bad data or 2 for bad usage. */
  public static void main(String[] args) {
    if (System.getProperty(LOG_FORMAT) == null) {
      System.setProperty(LOG_FORMAT, "bie: %5$s%n");
    }
    // 12.5 for people and scripts everywhere, not 12,5 or other digits
    Locale.setDefault(Locale.ROOT);
    System.exit(explained(() -> commandLineFor(args).execute(args), args));
  }

  /** The exit code of {@code run}; errors of the JVM become a sentence too. */
  static int explained(IntSupplier run, String... args) {
    try {
      return run.getAsInt();
    } catch (OutOfMemoryError e) {
      System.err.println(
          "bie: not enough memory for '%s': %s; give Java more, as in JDK_JAVA_OPTIONS=-Xmx16g"
              .formatted(String.join(" ", args), e.getMessage()));
      return Failures.BAD_DATA;
    } catch (InternalError e) {
      System.err.println(
          "bie: a file was cut short while '%s' read it (%s)"
              .formatted(String.join(" ", args), e.getMessage()));
      return Failures.BAD_DATA;
    }
  }

  /** The command line with its rules for errors: one sentence each, never a stack trace. */
  public static CommandLine commandLine() {
    return commandLineOf(commands());
  }

  /**
   * The part of it that {@code args} need: the command that they begin with. To read the options of
   * all takes a fresh JVM half a second.
   */
  static CommandLine commandLineFor(String... args) {
    String first = args.length == 0 ? "" : args[0];
    List<Class<?>> commands = commands();
    List<Class<?>> named =
        commands.stream().filter(command -> nameOf(command).equals(first)).toList();
    boolean all =
        named.isEmpty()
            || named.contains(AutoComplete.GenerateCompletion.class)
            || named.contains(ManPageCommand.class);
    if (first.equals("--version")) {
      return commandLineOf(List.of());
    }
    return commandLineOf(all ? commands : named);
  }

  private static String nameOf(Class<?> command) {
    return Objects.requireNonNull(command.getAnnotation(Command.class)).name();
  }

  private static List<Class<?>> commands() {
    List<Class<?>> commands = new ArrayList<>(COMMANDS);
    for (CommandProvider provider : ServiceLoader.load(CommandProvider.class)) {
      commands.addAll(provider.commands());
    }
    return commands;
  }

  private static CommandLine commandLineOf(List<Class<?>> commands) {
    var line = new CommandLine(new Main());
    commands.forEach(line::addSubcommand);
    return line.setCaseInsensitiveEnumValuesAllowed(true)
        .setUsageHelpLongOptionsMaxWidth(26)
        .setParameterExceptionHandler(Failures::badUsage)
        .setExecutionExceptionHandler(Failures::badData);
  }

  /** Without a command there is nothing to do but to say which there are. */
  @Override
  public Integer call() {
    command.commandLine().usage(command.commandLine().getErr());
    return Failures.BAD_USAGE;
  }

  /** Reads the version from the jar's manifest. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {"bie " + (version == null ? "(development)" : version)};
    }
  }
}
