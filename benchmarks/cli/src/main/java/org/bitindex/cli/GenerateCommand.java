package org.bitindex.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
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
    @Option(names = "--prompt", paramLabel = "TEXT", description = "the text to continue")
    private @Nullable String prompt;

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
    Sampler sampler = sampler();
    try (Backend opened = backend.open();
        LanguageModel language = open(model, opened)) {
      var generator = new Generator(language, cache);
      if (task.prompt != null) {
        generate(generator, task.prompt, sampler);
      } else if (task.text != null) {
        measure(generator, Files.readString(task.text), opened);
      }
    }
    return 0;
  }

  private Sampler sampler() {
    if (maxTokens < 1) {
      throw new ParameterException(
          command.commandLine(), "--max-tokens is " + maxTokens + ", must be at least 1");
    }
    try {
      return new Sampler(temperature, topP, seed);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), e.getMessage(), e);
    }
  }

  private LanguageModel open(Path path, Backend opened) throws IOException {
    return LanguageModel.open(path, opened, backend.activationBits(), backend.threads());
  }

  private void generate(Generator generator, String prompt, Sampler sampler) {
    PrintWriter out = command.commandLine().getOut();
    out.print(prompt);
    out.flush();
    Generator.Generation done =
        generator.generate(
            prompt,
            maxTokens,
            sampler,
            piece -> {
              out.print(piece);
              out.flush();
            });
    out.println();
    out.flush();
    PrintWriter err = command.commandLine().getErr();
    err.printf(
        Locale.ROOT,
        "bie: prompt %d tokens, %.1f tokens/s; generated %d tokens, %.1f tokens/s%n",
        done.promptTokens(),
        done.promptTokens() / done.promptSeconds(),
        done.tokens(),
        done.tokens() / done.seconds());
    err.flush();
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
        "%s: perplexity %.4f on %d tokens%n",
        path,
        prediction.perplexity(),
        prediction.tokens());
  }
}
