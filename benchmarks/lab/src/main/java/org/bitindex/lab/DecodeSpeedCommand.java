package org.bitindex.lab;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitindex.backend.Arithmetic;
import org.bitindex.backend.Backend;
import org.bitindex.cli.BackendOptions;
import org.bitindex.cli.EncodingOptions;
import org.bitindex.cli.text.Figures;
import org.bitindex.code.Code;
import org.bitindex.lab.decoders.GgufType;
import org.bitindex.lab.decoders.Jlama;
import org.bitindex.lab.decoders.LlamaCpp;
import org.bitindex.lab.speed.DecoderShape;
import org.bitindex.lab.speed.DecoderSpeed;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bie decode-speed}: tokens a second at the shapes of real language models. */
@Command(
    name = "decode-speed",
    description =
        "Times decoders of random weights, ours and those of peers in turns, and prints a table:"
            + " tokens a second of the whole model, from a share of its layers and of its"
            + " vocabulary, or from all of it.",
    mixinStandardHelpOptions = true)
final class DecodeSpeedCommand implements Callable<Integer> {
  private static final String JLAMA = "jlama";

  /** Of a context, and of those that are read at once: half of what the shapes have room for. */
  private static final int MOST_TOKENS = 2048;

  @Spec private CommandSpec command;
  @Mixin private BackendOptions backend;

  @Option(
      names = "--shapes",
      paramLabel = "NAME",
      description = "of Llama 3.2: 1b or 3b (default: ${DEFAULT-VALUE})")
  private String shapes = "1b";

  @Option(
      names = "--code",
      split = ",",
      paramLabel = "CODE",
      description =
          "such as symmetric4 or ternary, each with --activation-bits and with all of them"
              + " (default: ${DEFAULT-VALUE})")
  private List<String> codes = List.of("symmetric4");

  @Option(
      names = "--peers",
      split = ",",
      paramLabel = "NAME",
      description =
          "also others: q4_0, q8_0, tq2_0 or f32 is llama.cpp with such weights, jlama is Jlama with"
              + " 4 bits; needs a build with -Pdecoders")
  private List<String> peers = List.of();

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "layers that are made (default: ${DEFAULT-VALUE}; 1b has 16, 3b 28)")
  private int layers = 4;

  @Option(
      names = "--steps",
      paramLabel = "STEPS",
      description =
          "of ours, as 'bie encode' has them: min-max or least-squares (default:"
              + " ${DEFAULT-VALUE})")
  private EncodingOptions.Steps steps = EncodingOptions.Steps.MIN_MAX;

  @Option(
      names = "--context",
      paramLabel = "N",
      description =
          "tokens before those that are timed; peers have none (default: ${DEFAULT-VALUE})")
  private int context = 0;

  @Option(
      names = "--prefill",
      paramLabel = "N",
      description = "tokens that are read at once (default: ${DEFAULT-VALUE})")
  private int prefill = 64;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description = "seconds of each before it is timed (default: ${DEFAULT-VALUE})")
  private double warmUp = 4;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "seconds of each in one of eleven rounds (default: ${DEFAULT-VALUE})")
  private double seconds = 0.5;

  @Override
  public Integer call() throws IOException {
    DecoderShape shape =
        DecoderShape.ALL.stream()
            .filter(s -> s.name().equals(shapes))
            .findFirst()
            .orElseThrow(() -> badUsage("--shapes is " + shapes + ", known are 1b and 3b"));
    if (layers < 1 || layers > shape.layers() || prefill < 1 || prefill > MOST_TOKENS) {
      throw badUsage(
          "--layers is from 1 to %d, --prefill from 1 to %d"
              .formatted(shape.layers(), MOST_TOKENS));
    }
    if (context < 0 || context > MOST_TOKENS || (context > 0 && !peers.isEmpty())) {
      throw badUsage("--context is from 0 to %d, 0 with --peers".formatted(MOST_TOKENS));
    }
    peers.stream().filter(peer -> !peer.equals(JLAMA)).forEach(this::type);
    peers.forEach(this::requirePresent);
    Path folder = Files.createTempDirectory("decode-speed");
    try (Backend opened = backend.open();
        var speed = new DecoderSpeed(shape, layers, backend.threads(), prefill)) {
      for (String code : codes) {
        for (int bits : activationBits()) {
          speed.add(parse(code), steps, opened, bits, context);
        }
      }
      for (String peer : peers) {
        if (peer.equals(JLAMA)) {
          speed.addJlama(folder);
        } else {
          speed.add(type(peer), folder);
        }
      }
      print(shape, speed.share(), speed.measure(warmUp, seconds));
    } finally {
      DecoderSpeed.delete(folder);
    }
    return 0;
  }

  private int[] activationBits() {
    int asked = backend.activationBits();
    int most = Arithmetic.MAX_ACTIVATION_BITS;
    return asked == most ? new int[] {most} : new int[] {asked, most};
  }

  /** A dash where the process shrank meanwhile: then nobody knows what a peer took. */
  private static String memory(long bytes) {
    return bytes > 0 ? Figures.bytes(bytes) : "-";
  }

  private void print(DecoderShape shape, double share, List<DecoderSpeed.Result> results) {
    PrintWriter out = command.commandLine().getOut();
    out.printf(
        "%s, %d of %d layers and %s of the vocabulary made, backend %s, %s%n%n",
        shape.name(),
        layers,
        shape.layers(),
        Figures.percent(share),
        backend.name(),
        Figures.count(backend.threads(), "thread"));
    out.printf(
        "| | file | memory to decode | and to read | ms a token | tokens/s | reading %d: tokens/s"
            + " |%n| --- | --- | --- | --- | --- | --- | --- |%n",
        prefill);
    for (DecoderSpeed.Result result : results) {
      out.printf(
          Locale.ROOT,
          "| %s | %s | %s | %s | %.1f | %.2f | %.1f |%n",
          result.name(),
          Figures.bytes(result.storedBytes()),
          memory(result.decodingBytes()),
          memory(result.memoryBytes()),
          result.decoding() / share * 1e3,
          share / result.decoding(),
          prefill * share / result.reading());
    }
    out.printf(
        "%nBytes are of what was made, times are of the whole model. Memory: ours, what plans"
            + " hold; theirs, what the process grew by.%n");
    out.flush();
  }

  private void requirePresent(String peer) {
    (peer.equals(JLAMA) ? Jlama.missing() : LlamaCpp.missing())
        .ifPresent(reason -> {
          throw badUsage("--peers: " + reason);
        });
  }

  private GgufType type(String name) {
    return Arrays.stream(GgufType.values())
        .filter(type -> type.label().equals(name))
        .findFirst()
        .orElseThrow(
            () -> badUsage("--peers is " + name + ", known are q4_0, q8_0, tq2_0, f32 and jlama"));
  }

  private Code parse(String code) {
    try {
      return Code.parse(code);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), "--code: " + e.getMessage(), e);
    }
  }

  private ParameterException badUsage(String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
