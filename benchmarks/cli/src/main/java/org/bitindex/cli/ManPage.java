package org.bitindex.cli;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The page of a command for {@code man}, in roff, from what its {@code --help} says. */
final class ManPage {
  private final CommandSpec command;
  private final Help help;
  private final StringBuilder page = new StringBuilder();

  private ManPage(CommandSpec command) {
    this.command = command;
    this.help = new Help(command, Help.defaultColorScheme(Help.Ansi.OFF));
  }

  /** The page of {@code command}, section 1. */
  static String of(CommandSpec command) {
    return new ManPage(command).write();
  }

  private String write() {
    String name = command.qualifiedName("-");
    List<String> description = sentences(command.usageMessage().description());
    String version = String.join(" ", command.root().version());
    macro("TH", quoted(name.toUpperCase(Locale.ROOT)), "1", "\"\"", quoted(version));
    section("NAME", name + " - " + description.getFirst());
    section("SYNOPSIS", help.synopsis(0).strip().replaceAll("\\s+", " "));
    section("DESCRIPTION");
    description.forEach(this::paragraph);
    sentences(command.usageMessage().footer()).forEach(this::paragraph);
    parameters();
    commands();
    section("EXIT STATUS");
    command.root().usageMessage().exitCodeList().forEach(this::term);
    return page.toString();
  }

  private void parameters() {
    if (!command.positionalParameters().isEmpty()) {
      section("PARAMETERS");
      for (PositionalParamSpec parameter : command.positionalParameters()) {
        term(
            help.createDefaultParameterRenderer()
                .render(parameter, help.parameterLabelRenderer(), help.colorScheme()));
      }
    }
    section("OPTIONS");
    for (OptionSpec option : command.options()) {
      term(
          help.createDefaultOptionRenderer()
              .render(option, help.parameterLabelRenderer(), help.colorScheme()));
    }
  }

  private void commands() {
    if (!command.subcommands().isEmpty()) {
      section("COMMANDS");
      for (Map.Entry<String, CommandLine> sub : command.subcommands().entrySet()) {
        term(
            sub.getKey(),
            sentences(sub.getValue().getCommandSpec().usageMessage().description()).getFirst());
      }
    }
  }

  /** Cells of a row of {@code --help}: names in all columns but the last, there what they mean. */
  private void term(Text[][] rows) {
    String names =
        Stream.of(rows[0])
            .limit(4)
            .map(Text::toString)
            .filter(cell -> !cell.isBlank())
            .map(String::strip)
            .collect(Collectors.joining(" "))
            .replace(" , ", ", ");
    String meaning =
        Stream.of(rows)
            .map(row -> row[row.length - 1].toString().strip())
            .collect(Collectors.joining(" "));
    term(names, meaning);
  }

  private void term(String names, String meaning) {
    macro("TP");
    page.append("\\fB").append(escaped(names)).append("\\fR\n");
    page.append(line(meaning)).append('\n');
  }

  private void section(String title, String... text) {
    macro("SH", title);
    Stream.of(text).forEach(one -> page.append(line(one)).append('\n'));
  }

  private void paragraph(String text) {
    macro("PP");
    page.append(line(text)).append('\n');
  }

  private void macro(String name, String... arguments) {
    page.append('.').append(name);
    Stream.of(arguments).forEach(argument -> page.append(' ').append(argument));
    page.append('\n');
  }

  /** Texts of annotations may hold %% and line breaks. */
  private static List<String> sentences(String... texts) {
    return Stream.of(texts)
        .map(text -> text.formatted().replaceAll("\\s+", " ").strip())
        .filter(text -> !text.isEmpty())
        .toList();
  }

  private static String quoted(String text) {
    return '"' + escaped(text) + '"';
  }

  /** A line that begins with neither of roff's control characters. */
  private static String line(String text) {
    String escaped = escaped(text);
    return escaped.startsWith(".") || escaped.startsWith("'") ? "\\&" + escaped : escaped;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\e").replace("-", "\\-");
  }
}
