package org.bitindex.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.generate.Decoder;
import org.bitindex.generate.KeyValueCache;
import org.bitindex.generate.LanguageModel;
import org.bitindex.generate.TinyCheckpoint;
import org.bitindex.io.DenseFile;
import org.bitindex.io.ModelFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code bie encode --calibrate} and {@code bie generate} on a language model. */
class LanguageModelCommandsTest {
  @TempDir private Path folder;
  private Path checkpoint;
  private Path text;

  @BeforeEach
  void writeModelAndText() throws IOException {
    checkpoint = TinyCheckpoint.write(folder);
    text = folder.resolve("text.txt");
    Files.writeString(text, "ab ba a b aab ab ".repeat(20));
  }

  private Path encoded(String name, Object... options) {
    Path path = folder.resolve(name);
    Object[] fixed = {
      "encode", "--input", checkpoint, "--output", path, "--steps", "least-squares"
    };
    Object[] all = new Object[fixed.length + options.length];
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(options, 0, all, fixed.length, options.length);
    String printed = CommandRun.ok(all).out();
    assertThat(printed).contains(options.length == 0 ? "encoded 8" : "calibrated 8 of 8 matrices");
    return path;
  }

  private float[] logits(Path model) throws IOException {
    try (Backend backend = Backends.open("scalar", 1);
        LanguageModel language = LanguageModel.open(model, backend, 24, 1)) {
      Decoder decoder = language.decoder();
      var cache = new KeyValueCache(decoder.config(), KeyValueCache.Precision.FLOAT32);
      int[] tokens = language.tokenizer().encode("ab ab b a aab a").ids();
      return decoder.forward(List.of(new Decoder.Input(cache, tokens)), Decoder.Logits.ALL);
    }
  }

  private double error(Path model) throws IOException {
    float[] exact = logits(checkpoint);
    float[] actual = logits(model);
    double sum = 0;
    for (int i = 0; i < exact.length; i++) {
      sum += Math.pow(actual[i] - exact[i], 2);
    }
    return Math.sqrt(sum);
  }

  @Test
  void aModelThatIsCalibratedOnATextIsNearerToItself() throws IOException {
    assertThat(error(encoded("calibrated.safetensors", "--calibrate", text)))
        .isLessThan(0.9 * error(encoded("plain.safetensors")));
  }

  @Test
  void trainingSaysHowMuchNearerEncodedWeightsCame() throws IOException {
    Path path = folder.resolve("trained.safetensors");
    CommandRun run =
        CommandRun.ok(
            "encode",
            "--input",
            checkpoint,
            "--output",
            path,
            "--bits-per-weight",
            4,
            "--calibrate",
            text,
            "--distill",
            60);
    Matcher losses =
        Pattern.compile("was ([0-9.]+) in the first tenth, ([0-9.]+) in the last")
            .matcher(run.out());
    assertThat(losses.find()).as(run.out()).isTrue();
    assertThat(Double.parseDouble(losses.group(2)))
        .isLessThan(0.7 * Double.parseDouble(losses.group(1)));
    try (var file = ModelFile.open(path);
        var dense = DenseFile.open(checkpoint)) {
      file.verify();
      assertThat(file.matrices()).hasSize(8);
      assertThat(file.tensor("model.norm.weight").floats())
          .isNotEqualTo(dense.tensor("model.norm.weight").floats());
    }
    assertThat(logits(path)).hasSameSizeAs(logits(checkpoint));
  }

  @Test
  void trainingNeedsTexts() {
    CommandRun run =
        CommandRun.of(
            "encode",
            "--input",
            checkpoint,
            "--output",
            folder.resolve("no.safetensors"),
            "--bits-per-weight",
            4,
            "--distill",
            5);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--distill takes a number of steps");
  }

  /** Weights that are no numbers show only when the first token is chosen. */
  @Test
  void whatFailsWhileTextIsPrintedHasALineOfItsOwn() throws IOException {
    byte[] bytes = Files.readAllBytes(checkpoint);
    for (int i = 28; i < 128; i++) {
      bytes[i] = -1;
    }
    Files.write(checkpoint, bytes);
    CommandRun run = CommandRun.of("generate", "--model", checkpoint, "--prompt", "ab");
    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEqualTo("ab\n");
    assertThat(run.err()).startsWith("bie: logit ").contains("is NaN");
  }

  @Test
  void comparingIsForPerplexities() {
    CommandRun run =
        CommandRun.of("generate", "--model", checkpoint, "--prompt", "a", "--compare", checkpoint);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("--compare goes with --perplexity, not with --prompt");
  }

  @Test
  void promptsSideBySideSayWhatEachSaysAlone() {
    String first = generate("--seed", 5, "--prompt", "ab");
    String second = generate("--seed", 6, "--prompt", "b a");
    assertThat(first).isNotEqualTo(second);
    assertThat(generate("--seed", 5, "--prompt", "ab", "--prompt", "b a"))
        .isEqualTo(first + second);
  }

  private String generate(Object... options) {
    Object[] fixed = {
      "generate",
      "--model",
      checkpoint,
      "--max-tokens",
      12,
      "--temperature",
      1,
      "--backend",
      "scalar"
    };
    Object[] all = new Object[fixed.length + options.length];
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(options, 0, all, fixed.length, options.length);
    CommandRun run = CommandRun.of(all);
    assertThat(run.exitCode()).as(run.err()).isZero();
    return run.out();
  }
}
