package org.bitindex.lab.minilm;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bitindex.bert.SentenceTokenizer;

/** Hugging Face's tokenizers, whose native code comes with this module. */
public final class HuggingFaceTokenizerProvider implements SentenceTokenizer.Provider {
  @Override
  public SentenceTokenizer open(Path tokenizerJson, int maxTokens) throws IOException {
    if (!Files.exists(tokenizerJson)) {
      throw new NoSuchFileException(tokenizerJson.toString());
    }
    // The library would otherwise look for newer native code on the network.
    System.setProperty("ai.djl.offline", "true");
    return new Tokenizer(
        HuggingFaceTokenizer.builder()
            .optTokenizerPath(tokenizerJson)
            .optTruncation(false)
            .optPadding(false)
            .build(),
        maxTokens);
  }

  private record Tokenizer(HuggingFaceTokenizer tokenizer, int maxTokens)
      implements SentenceTokenizer {
    @Override
    public Tokens tokenize(List<String> sentences) {
      List<int[]> ids = new ArrayList<>();
      int truncated = 0;
      for (String sentence : sentences) {
        int[] all =
            Arrays.stream(tokenizer.encode(sentence).getIds()).mapToInt(Math::toIntExact).toArray();
        if (all.length > maxTokens) {
          truncated++;
          int separator = all[all.length - 1];
          all = Arrays.copyOf(all, maxTokens);
          all[maxTokens - 1] = separator;
        }
        ids.add(all);
      }
      return new Tokens(ids, truncated);
    }

    @Override
    public void close() {
      tokenizer.close();
    }
  }
}
