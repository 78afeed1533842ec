package org.bitindex.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bitindex.cli.Main;
import org.bitindex.io.IfExists;
import org.bitindex.io.ModelWriter;
import org.bitindex.lab.minilm.MiniLmFiles;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With the real model: a dependency of the tests, so it is always there. */
class EmbedCommandTest {
  private static final String CAT = "The cat is sleeping on the sofa.";
  private static final String KITTEN = "A kitten naps on the couch.";
  private static final String BANK = "The central bank raised interest rates.";

  @TempDir private static Path folder;
  private static Path model;
  private static Path tokenizer;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void unpack() throws Exception {
    model = MiniLmFiles.model(folder);
    tokenizer = MiniLmFiles.tokenizer(folder);
  }

  private int embed(Path modelFile, String text, String... options) throws Exception {
    Path input = Files.writeString(folder.resolve("sentences.txt"), text);
    List<String> args =
        new ArrayList<>(
            List.of(
                "embed",
                "--model=" + modelFile,
                "--tokenizer=" + tokenizer,
                "--input=" + input,
                "--threads=2"));
    args.addAll(List.of(options));
    out.getBuffer().setLength(0);
    return Main.commandLine()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(args.toArray(String[]::new));
  }

  @Test
  void sentencesOfLikeMeaningAreTheNearestPair() throws Exception {
    String text = String.join("\n", CAT, BANK, "", KITTEN);
    assertThat(embed(model, text, "--pairs=1")).isZero();
    assertThat(out.toString().lines()).hasSize(2);
    assertThat(out.toString()).contains(CAT, KITTEN).doesNotContain(BANK);
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void aSavedModelPrintsThePairsItPrintedWhenItWasEncoded() throws Exception {
    String text = String.join("\n", CAT, BANK, KITTEN);
    Path saved = folder.resolve("encoded.safetensors");
    embed(model, text, "--encoding=symmetric4", "--no-calibration", "--save=" + saved);
    List<String> encoded = printedSentences();
    assertThat(Files.size(saved)).isLessThan(Files.size(model) / 3);
    assertThat(embed(saved, text)).isZero();
    assertThat(printedSentences()).isEqualTo(encoded);
  }

  /** Without the cosines: a saved model's word embeddings have eight bits. */
  private List<String> printedSentences() {
    return out.toString().lines().map(line -> line.replaceFirst("^-?0[.]\\d+", "")).toList();
  }

  @Test
  void aLongSentenceIsCutOffAndThatIsSaidOnce() throws Exception {
    String text = "word ".repeat(600) + "\n" + CAT + "\n" + "other ".repeat(700);
    assertThat(embed(model, text)).isZero();
    assertThat(err.toString().trim())
        .isEqualTo("bie: 2 sentences cut off after 128 tokens, of 3 sentences");
  }

  @Test
  void badInputGivesOneSentence() throws Exception {
    assertThat(embed(model, CAT)).isEqualTo(1);
    assertThat(err.toString()).endsWith("sentences.txt has 1 sentence, a pair needs two\n");
    assertThat(embed(folder.resolve("none.onnx"), CAT + "\n" + KITTEN)).isEqualTo(1);
    assertThat(err.toString()).contains("none.onnx: no such file");
    Path other = folder.resolve("other.safetensors");
    new ModelWriter().write(other, IfExists.REPLACE);
    assertThat(embed(other, CAT + "\n" + KITTEN)).isEqualTo(1);
    assertThat(err.toString()).endsWith("other.safetensors holds weights, but no network\n");
    assertThat(embed(model, CAT + "\n" + KITTEN, "--encoding=symmetric9")).isEqualTo(2);
    assertThat(err.toString()).contains("no recipe is named symmetric9; names are step0.5");
  }
}
