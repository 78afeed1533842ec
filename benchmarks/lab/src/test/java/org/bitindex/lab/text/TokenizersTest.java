package org.bitindex.lab.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.bitindex.lab.minilm.MiniLmFiles;
import org.bitindex.text.Tokenizer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The tokenizers in Java against Hugging Face's native ones, on lines of many scripts. {@code
 * -Dbie.lines=100000} says how many. BERT's is also asked for each character of Unicode 8; what
 * came later the native library does not know.
 */
class TokenizersTest {
  private static final int LINES = Integer.getInteger("bie.lines", 1000);

  private static final String[] WORDS =
      ("the quick brown fox jumped over encoding matrix café naïve Straße ÉCOLE İstanbul weights"
              + " don't I'll we've 12345 3.14 1,000 ſ's http://a.b/c?d=e user@example.com C++"
              + " [MASK] [SEP] <s> </s> <|end|> <unk> <0x41> ## un##able _ -- ... “quote” ‘x’ – — …"
              + " 中国人民 日本語テスト かな カナ 한국어 مرحبا بالعالم السَّلَامُ नमस्ते दुनिया क्षत्रिय ไทย ქართული"
              + " Ελληνικά ΣΊΣΥΦΟΣ русский Ёлка 😀 👩‍👩‍👧 🇩🇪 👍🏽 ﷺ ﬁ ① ² ½ №")
          .split(" ");
  private static final String[] SPACES = {
    " ", "  ", "\t", "\n", "\r\n", "\u3000", "\u00a0", " \n ", "\u200b", "\0", "\u0007", "\u2028"
  };
  private static final int[][] RANGES = {
    {0x01, 0x1f},
    {0x20, 0x7e},
    {0x7f, 0x9f},
    {0xa0, 0x24f},
    {0x300, 0x377},
    {0x400, 0x4ff},
    {0x5d0, 0x5ea},
    {0x620, 0x669},
    {0x900, 0x97f},
    {0x1100, 0x11ff},
    {0x2000, 0x2064},
    {0x2190, 0x22ff},
    {0x3041, 0x3096},
    {0x4e00, 0x9fa5},
    {0xac00, 0xd7a3},
    {0xfe00, 0xfe0f},
    {0x1f300, 0x1f579}
  };

  @TempDir private static Path folder;
  private static Path bert;

  @BeforeAll
  static void prepare() throws IOException {
    System.setProperty("ai.djl.offline", "true");
    bert = MiniLmFiles.tokenizer(folder);
  }

  private static HuggingFaceTokenizer open(Path json) throws IOException {
    return HuggingFaceTokenizer.builder()
        .optTokenizerPath(json)
        .optTruncation(false)
        .optPadding(false)
        .build();
  }

  private static String line(Random random) {
    var line = new StringBuilder();
    for (int parts = random.nextInt(12); parts > 0; parts--) {
      switch (random.nextInt(10)) {
        case 0, 1 -> {
          int[] range = RANGES[random.nextInt(RANGES.length)];
          line.appendCodePoint(range[0] + random.nextInt(range[1] - range[0] + 1));
        }
        case 2 -> line.append(SPACES[random.nextInt(SPACES.length)]);
        default -> line.append(WORDS[random.nextInt(WORDS.length)]);
      }
      line.append(random.nextInt(3) > 0 ? " " : "");
    }
    return line.toString();
  }

  private static int[] ids(HuggingFaceTokenizer tokenizer, String text) {
    return Arrays.stream(tokenizer.encode(text).getIds()).mapToInt(Math::toIntExact).toArray();
  }

  @Test
  void bertsTokensAreTheNativeLibrarys() throws IOException {
    Tokenizer own = Tokenizer.open(bert);
    try (HuggingFaceTokenizer theirs = open(bert)) {
      var random = new Random(7);
      for (int i = 0; i < LINES; i++) {
        String line = line(random);
        int[] expected = ids(theirs, line);
        if (expected.length <= own.maxTokens()) {
          assertThat(own.encode(line).ids()).as("line %d: %s", i, line).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void bertTreatsEachCharacterAsTheNativeLibraryDoes() throws IOException {
    Tokenizer own = Tokenizer.open(bert);
    int newer = 0;
    try (HuggingFaceTokenizer theirs = open(bert)) {
      for (int first = 0; first < 0x3100; first++) {
        String text = "a" + Character.toString(first) + "b " + Character.toString(first);
        if (!Arrays.equals(own.encode(text).ids(), ids(theirs, text))) {
          newer++;
        }
      }
    }
    // Marks, formats and punctuation that Unicode has since version 9.
    assertThat(newer).isLessThanOrEqualTo(115);
  }

  /** Vocabularies of 956 tokens in the manner of each family of models. */
  @ParameterizedTest
  @ValueSource(strings = {"gpt2", "llama3", "qwen", "smol", "llama2", "mistral", "metaspace"})
  void bytePairsAreTheNativeLibrarys(String family) throws IOException {
    Path json = folder.resolve(family + ".json");
    try (InputStream in = TokenizersTest.class.getResourceAsStream(family + ".json")) {
      Files.copy(Objects.requireNonNull(in), json);
    }
    Tokenizer own = Tokenizer.open(json);
    try (HuggingFaceTokenizer theirs = open(json)) {
      var random = new Random(7);
      for (int i = 0; i < LINES; i++) {
        String line = line(random);
        int[] expected = ids(theirs, line);
        assertThat(own.encode(line).ids()).as("line %d: %s", i, line).isEqualTo(expected);
        if (i % 10 == 0) {
          long[] longs = Arrays.stream(expected).asLongStream().toArray();
          assertThat(own.decode(expected))
              .as("line %d: %s", i, line)
              .isEqualTo(theirs.decode(longs, true));
        }
      }
    }
  }
}
