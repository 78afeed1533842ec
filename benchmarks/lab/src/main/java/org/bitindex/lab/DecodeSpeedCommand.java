package org.bitindex.lab;

import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.bitindex.backend.Backend;
import org.bitindex.cli.BackendOptions;
import org.bitindex.cli.text.Figures;
import org.bitindex.code.Code;
import org.bitindex.generate.Decoder;
import org.bitindex.lab.speed.DecoderSpeed;
import org.bitindex.lab.speed.RandomDecoder;
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
        "Measures some layers and a sixteenth of the head of a decoder of random weights, and says"
            + " how many tokens a second the whole would decode and read.",
    mixinStandardHelpOptions = true)
final class DecodeSpeedCommand implements Callable<Integer> {
  @Spec private CommandSpec command;
  @Mixin private BackendOptions backend;

  @Option(
      names = "--shapes",
      paramLabel = "NAME",
      description = "of Llama 3.2: 1b or 3b (default: ${DEFAULT-VALUE})")
  private String shapes = "1b";

  @Option(
      names = "--code",
      paramLabel = "CODE",
      description = "such as symmetric4 or ternary (default: ${DEFAULT-VALUE})")
  private String code = "symmetric4";

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "layers that are made (default: ${DEFAULT-VALUE})")
  private int layers = 1;

  @Option(
      names = "--prefill",
      paramLabel = "N",
      description = "tokens that are read at once (default: ${DEFAULT-VALUE})")
  private int prefill = 64;

  @Option(
      names = "--warm-up",
      paramLabel = "S",
      description = "seconds before each measurement (default: ${DEFAULT-VALUE})")
  private double warmUp = 4;

  @Override
  public Integer call() {
    DecoderSpeed.Shape shape =
        DecoderSpeed.Shape.ALL.stream()
            .filter(s -> s.name().equals(shapes))
            .findFirst()
            .orElseThrow(() -> badUsage("--shapes is " + shapes + ", known are 1b and 3b"));
    if (layers < 1 || prefill < 1 || prefill > 4096) {
      throw badUsage("--layers and --prefill are at least 1, --prefill at most 4096");
    }
    PrintWriter out = command.commandLine().getOut();
    try (Backend opened = backend.open();
        var weights =
            new RandomDecoder(parse(), opened, backend.activationBits(), backend.threads())) {
      var decoder = new Decoder(shape.config(layers), weights);
      DecoderSpeed one = DecoderSpeed.measure(shape, decoder, weights, 1, warmUp);
      DecoderSpeed many = DecoderSpeed.measure(shape, decoder, weights, prefill, warmUp);
      out.printf(
          "%s, %s, backend %s, %s, activations of %d bits%n",
          shape.name(),
          code,
          backend.name(),
          Figures.count(backend.threads(), "thread"),
          backend.activationBits());
      out.printf(
          "made: %d of %d layers and 1/16 of the head, %s stored, %s prepared beside it%n",
          layers,
          shape.layers(),
          Figures.bytes(weights.bytes()),
          Figures.bytes(weights.preparedBytes()));
      print(out, "decoding, 1 token", one, 1);
      print(out, "reading, " + Figures.count(prefill, "token"), many, prefill);
    }
    out.flush();
    return 0;
  }

  private static void print(PrintWriter out, String what, DecoderSpeed speed, int tokens) {
    out.printf(
        Locale.ROOT,
        "%s: a layer %.2f ms, the head %.2f ms (16 times what is made); all layers and the head"
            + " %.1f ms: %.2f tokens/s%n",
        what,
        speed.layer() * 1e3,
        speed.head() * 1e3,
        speed.seconds() * 1e3,
        tokens / speed.seconds());
  }

  private Code parse() {
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
