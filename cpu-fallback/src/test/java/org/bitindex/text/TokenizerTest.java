package org.bitindex.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TokenizerTest {
  /** Token i of the vocabulary has id i. */
  private static final List<String> VOCABULARY =
      List.of(
          "[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "un", "##aff", "##able", "a", "##ff",
          "able", "!", "中", "国", "strasse", "ß", "i", "##i", "σ", "cafe", "e", "##σ");

  @TempDir private Path folder;

  private Tokenizer tokenizer(String truncation) throws IOException {
    StringBuilder vocabulary = new StringBuilder();
    for (int id = 0; id < VOCABULARY.size(); id++) {
      vocabulary
          .append(id == 0 ? "" : ",")
          .append('"')
          .append(VOCABULARY.get(id))
          .append("\":")
          .append(id);
    }
    return open(
        """
        {"truncation": %s,
         "added_tokens": [
           {"id": 3, "content": "[SEP]", "normalized": false},
           {"id": 4, "content": "[MASK]", "lstrip": true, "normalized": false},
           {"id": 22, "content": "\\u0001", "normalized": true}],
         "normalizer": {"type": "BertNormalizer", "clean_text": true,
           "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
         "pre_tokenizer": {"type": "BertPreTokenizer"},
         "post_processor": {"type": "TemplateProcessing",
           "single": [{"SpecialToken": {"id": "[CLS]"}}, {"Sequence": {"id": "A"}},
             {"SpecialToken": {"id": "[SEP]"}}],
           "special_tokens": {"[CLS]": {"ids": [2]}, "[SEP]": {"ids": [3]}}},
         "model": {"type": "WordPiece", "unk_token": "[UNK]",
           "continuing_subword_prefix": "##", "max_input_chars_per_word": 9,
           "vocab": {%s}}}
        """
            .formatted(truncation, vocabulary));
  }

  private Tokenizer open(String json) throws IOException {
    return Tokenizer.open(Files.writeString(folder.resolve("tokenizer.json"), json));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unaffable | 5 6 7", // the longest token that continues, not the first
        "unaffxable | 1", // ten characters: too long
        "unaffxabl | 1", // nothing of a word that cannot be cut
        "Unaffable! UN | 5 6 7 11 5",
        "中国 | 12 13", // each character a word
        "a中a | 8 12 8",
        "'' | ''",
        "café CAFÉ | 19 19", // accents go
        "ß STRASSE | 15 14", // lower case, not case folding
        "İ | 16",
        "Σσς | 1", // no final sigma for a capital: the word stays unknown
        "ΣΣ | 18 21",
        "a[MASK]a | 8 4 8",
        "a  [MASK] a | 8 4 8",
        "a[SEP]a [sep] | 8 3 8 1 1 1",
        "able able | 10 10",
        "un\u0001aff | 5 6", // a control that the normaliser takes away is never found
      })
  void textsBecomeIds(String text, String ids) throws IOException {
    assertThat(tokenizer("null").encode(text).ids())
        .containsExactly(
            List.of(("2 " + ids + " 3").split(" +")).stream()
                .mapToInt(Integer::parseInt)
                .toArray());
  }

  @Test
  void controlsGoAndWhiteSpaceSeparates() throws IOException {
    // A zero-width joiner, a null, a vertical tab and a lone surrogate vanish; others separate.
    assertThat(tokenizer("null").encode("u\u200Dn\u0000a\u000Bffa\uD800ble").ids())
        .containsExactly(2, 5, 6, 7, 3);
    assertThat(tokenizer("null").encode("\ta\u3000able\u00A0a\r\na\u2028a").ids())
        .containsExactly(2, 8, 10, 8, 8, 8, 3);
  }

  @Test
  void textsAreCutAtTheLimitAndKeepTheirFrame() throws IOException {
    Tokenizer five = tokenizer("{\"max_length\": 5}");
    assertThat(five.maxTokens()).isEqualTo(5);
    assertThat(five.encode("a a a").ids()).containsExactly(2, 8, 8, 8, 3);
    assertThat(five.encode("a a a").truncated()).isFalse();
    assertThat(five.encode("a able a a").ids()).containsExactly(2, 8, 10, 8, 3);
    assertThat(five.encode("a able a a").truncated()).isTrue();
    assertThat(five.withMaxTokens(3).encode("able a").ids()).containsExactly(2, 10, 3);
    assertThat(five.withMaxTokens(9).maxTokens()).isEqualTo(5);
    assertThatThrownBy(() -> five.withMaxTokens(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a limit of 2 tokens leaves no room beside the template's 2");
  }

  @Test
  void whatIsNotKnownIsNamed() {
    assertThatThrownBy(() -> open("{\"normalizer\": {\"type\": \"Precompiled\"}}"))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageEndingWith("normalizer is \"Precompiled\", which is not known here");
    assertThatThrownBy(() -> open("<html>"))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageContaining("is not valid JSON");
    assertThatThrownBy(() -> Tokenizer.open(folder.resolve("none.json")))
        .isInstanceOf(IOException.class)
        .hasMessageEndingWith("none.json: no such file or directory");
  }
}
