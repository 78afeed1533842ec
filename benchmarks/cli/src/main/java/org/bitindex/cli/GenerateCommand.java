package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextFile;
import org.bitindex.generate.Generator;
import org.bitindex.generate.KeyValueCache;
import org.bitindex.generate.LanguageModel;
import org.bitindex.generate.Sampler;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie generate}: continues a text with a language model, or measures how well it does. */
@Command(
    name = "generate",
    description = {
      "Continues a text with a language model, or measures its perplexity on one.",
      "The model is an encoded file that 'bie encode' made of a language model, or a dense one to"
          + " compare with: a folder of Hugging Face, a .gguf file or a checkpoint of llama2.c."
    },
    mixinStandardHelpOptions = true)
final class GenerateCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private BackendOptions backend;

  @Option(names = "--model", required = true, paramLabel = "FILE", description = "the model")
  private Path model;

  @ArgGroup(multiplicity = "1")
  private Task task;

  /** What to do: one of the two. */
  static final class Task {
    @Option(
        names = "--prompt",
        paramLabel = "TEXT",
        description =
            "the text to continue; several are continued side by side, the n-th with seed + n - 1")
    private List<String> prompts = List.of();

    @Option(
        names = "--perplexity",
        paramLabel = "FILE",
        description = "prints the perplexity on this UTF-8 text")
    private @Nullable Path text;
  }

  @Option(
      names = "--compare",
      paramLabel = "MODEL",
      description = "with --perplexity: also this model's, and how often both foretell the same")
  private @Nullable Path other;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "the most tokens to generate (default: ${DEFAULT-VALUE})")
  private int maxTokens = 200;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      description = "0 always takes the likeliest token (default: ${DEFAULT-VALUE})")
  private float temperature = 0;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      description = "chooses among the likeliest that reach it (default: ${DEFAULT-VALUE})")
  private float topP = 1;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "of the random choices (default: ${DEFAULT-VALUE})")
  private long seed = 1;

  @Option(
      names = "--cache",
      paramLabel = "KIND",
      description = "keys and values as float32 or int8 (default: float32)")
  private KeyValueCache.Precision cache = KeyValueCache.Precision.FLOAT32;

  @Override
  public Integer call() throws IOException {
    List<Sampler> samplers = samplers();
    try (Backend opened = backend.open();
        LanguageModel language = open(model, opened)) {
      var generator = new Generator(language, cache);
      if (task.text != null) {
        measure(generator, TextFile.read(task.text), opened);
      } else {
        generate(generator, samplers);
      }
    }
    return 0;
  }

  private List<Sampler> samplers() {
    if (maxTokens < 1) {
      throw new ParameterException(
          command.commandLine(), "--max-tokens is " + maxTokens + ", must be at least 1");
    }
    if (other != null && task.text == null) {
      throw new ParameterException(
          command.commandLine(), "--compare goes with --perplexity, not with --prompt");
    }
    List<Sampler> samplers = new ArrayList<>();
    try {
      for (int i = 0; i < task.prompts.size(); i++) {
        samplers.add(new Sampler(temperature, topP, seed + i));
      }
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
    return samplers;
  }

  private LanguageModel open(Path path, Backend opened) throws IOException {
    return LanguageModel.open(path, opened, backend.activationBits(), backend.threads());
  }

  /** The first text is printed as it comes, the others after it. */
  private void generate(Generator generator, List<Sampler> samplers) {
    PrintWriter out = command.commandLine().getOut();
    List<Generator.Prompt> prompts = new ArrayList<>();
    List<StringBuilder> later = new ArrayList<>();
    for (String prompt : task.prompts) {
      Sampler sampler = samplers.get(prompts.size());
      if (prompts.isEmpty()) {
        prompts.add(new Generator.Prompt(prompt, sampler, piece -> print(out, piece)));
      } else {
        var text = new StringBuilder(prompt);
        later.add(text);
        prompts.add(new Generator.Prompt(prompt, sampler, text::append));
      }
    }
    print(out, task.prompts.getFirst());
    Generator.Generation done;
    try {
      done = generator.generate(prompts, maxTokens);
    } finally {
      out.println(); // so that an error has a line of its own
      out.flush();
    }
    later.forEach(out::println);
    out.flush();
    PrintWriter err = command.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "bie: prompt %s, %.1f tokens/s; generated %s, %.1f tokens/s%n",
        Figures.count(done.promptTokens(), "token"),
        done.promptTokens() / done.promptSeconds(),
        Figures.count(done.tokens(), "token"),
        done.tokens() / done.seconds());
    err.flush();
  }

  private static void print(PrintWriter out, String piece) {
    out.print(piece);
    out.flush();
  }

  private void measure(Generator generator, String text, Backend opened) throws IOException {
    PrintWriter out = command.commandLine().getOut();
    Generator.Prediction prediction = generator.predict(text);
    print(out, model, prediction);
    if (other != null) {
      try (LanguageModel language = open(other, opened)) {
        Generator.Prediction theirs = new Generator(language, cache).predict(text);
        print(out, other, theirs);
        if (theirs.tokens() != prediction.tokens()) {
          throw new IllegalArgumentException(
              other + " cuts the text into other tokens; only the perplexities can be compared");
        }
        out.printf(
            Locale.ROOT,
            "the same likeliest token at %.2f %% of places%n",
            100 * prediction.agreement(theirs));
      }
    }
    out.flush();
  }

  private static void print(PrintWriter out, Path path, Generator.Prediction prediction) {
    out.printf(
        Locale.ROOT,
        "%s: perplexity %.4f on %s%n",
        path,
        prediction.perplexity(),
        Figures.count(prediction.tokens(), "token"));
  }
}
