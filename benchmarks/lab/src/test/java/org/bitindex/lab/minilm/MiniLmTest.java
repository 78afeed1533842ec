package org.bitindex.lab.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bitindex.embed.Pooling;
import org.bitindex.embed.TextEmbedder;
import org.bitindex.graph.Network;
import org.bitindex.sentence.Sentences;
import org.bitindex.sentence.Similarities;
import org.bitindex.text.Tokenizer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real model: a dependency of the tests, so it is always there. */
class MiniLmTest {
  @TempDir private Path folder;

  @Test
  void fp32AgreesWithOnnxRuntimeOnEverySentence() throws Exception {
    Path model = MiniLmFiles.model(folder);
    Tokenizer tokenizer = Tokenizer.open(MiniLmFiles.tokenizer(folder));
    try (var ours = new TextEmbedder(Network.open(model), tokenizer, Pooling.MEAN);
        var theirs = new OnnxRuntimeEncoder(model, tokenizer, 2)) {
      List<String> sentences = Sentences.evaluation();
      assertThat(sentences).hasSizeGreaterThanOrEqualTo(200);
      List<float[]> expected = theirs.embed(sentences);
      List<float[]> actual = ours.embed(sentences);
      double worst = 1;
      for (int s = 0; s < sentences.size(); s++) {
        worst = Math.min(worst, Similarities.cosine(expected.get(s), actual.get(s)));
      }
      assertThat(worst).isGreaterThan(0.99999);
    }
  }
}
