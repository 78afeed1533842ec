package org.bitindex.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.cli.ThreadOptions;
import org.bitindex.cli.text.Figures;
import org.bitindex.cli.text.TextFile;
import org.bitindex.generate.DecoderConfig;
import org.bitindex.generate.Generator;
import org.bitindex.generate.KeyValueCache;
import org.bitindex.generate.LanguageModel;
import org.bitindex.io.DenseFile;
import org.bitindex.lab.decoders.GgufType;
import org.bitindex.lab.decoders.LlamaCpp;
import org.bitindex.lab.decoders.LlamaGguf;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie llama-cpp}: how well llama.cpp foretells a text with the weights of a model. */
@Command(
    name = "llama-cpp",
    description =
        "Writes a Llama's weights as GGUF, has llama.cpp foretell a text with them, and prints its"
            + " perplexity beside that of the dense model here.",
    mixinStandardHelpOptions = true)
final class LlamaCppCommand implements Callable<Integer> {
  @Spec private CommandSpec command;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "a dense Llama whose head is that of its embeddings, such as stories260K.bin")
  private Path model;

  @Option(
      names = "--perplexity",
      required = true,
      paramLabel = "TEXT",
      description = "a text in UTF-8")
  private Path text;

  @Mixin private ThreadOptions threads;

  @Override
  public Integer call() throws IOException {
    if (LlamaCpp.missing().isPresent()) {
      throw new ParameterException(command.commandLine(), LlamaCpp.missing().get());
    }
    Path folder = Files.createTempDirectory("llama-cpp");
    Path file = folder.resolve("model.gguf");
    try (Backend backend = Backends.open("scalar", threads.count());
        DenseFile dense = DenseFile.open(model);
        LanguageModel ours =
            LanguageModel.open(model, backend, Arithmetic.MAX_ACTIVATION_BITS, threads.count())) {
      DecoderConfig config = ours.decoder().config();
      String words = TextFile.read(text);
      int[] tokens = ours.tokenizer().encode(words).ids();
      var expected = new Generator(ours, KeyValueCache.Precision.FLOAT32).predict(words);
      print("here, FP32", expected, expected);
      for (GgufType type : List.of(GgufType.F32, GgufType.Q8_0, GgufType.Q4_0)) {
        LlamaGguf.write(file, config, LlamaGguf.Source.of(dense), type);
        try (var theirs =
            new LlamaCpp(file, config.vocabulary(), threads.count(), config.context())) {
          print(
              "llama.cpp, " + type.label(),
              Generator.predict(
                  tokens,
                  config,
                  window -> {
                    theirs.clear();
                    return theirs.forward(window, true);
                  }),
              expected);
        }
      }
    } finally {
      Files.deleteIfExists(file);
      Files.delete(folder);
    }
    return 0;
  }

  private void print(String name, Generator.Prediction found, Generator.Prediction expected) {
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        Locale.ROOT,
        "%s: perplexity %.4f (%+.2f %%) on %s, the same likeliest token at %.2f %% of places%n",
        name,
        found.perplexity(),
        100 * (found.perplexity() / expected.perplexity() - 1),
        Figures.count(found.tokens(), "token"),
        100 * found.agreement(expected));
    out.flush();
  }
}
