package org.bitindex.lab.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bitindex.graph.Network;
import org.bitindex.sentence.NetworkEncoder;
import org.bitindex.sentence.Pooling;
import org.bitindex.sentence.SentenceEncoder;
import org.bitindex.sentence.SentenceTokenizer;
import org.bitindex.sentence.Sentences;
import org.bitindex.sentence.Sums;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;



/** The real model: a dependency of the tests, so it is always there. */
class MiniLmTest {
  @TempDir private Path folder;

  @Test
  void fp32AgreesWithOnnxRuntimeOnEverySentence() throws Exception {
    Path model = MiniLmFiles.model(folder);
    try (Network network = Network.open(model);
        SentenceEncoder ours = new NetworkEncoder(network, Pooling.MEAN);
        SentenceEncoder theirs = new OnnxRuntimeEncoder(model, 2)) {
      var tokenizer = SentenceTokenizer.open(MiniLmFiles.tokenizer(folder), 512);
      List<int[]> ids = tokenizer.tokenize(Sentences.evaluation()).ids();
      assertThat(ids).hasSizeGreaterThanOrEqualTo(200);
      double worst = 1;
      for (int[] sentence : ids) {
        float[] expected = theirs.embed(List.of(sentence))[0];
        float[] actual = ours.embed(List.of(sentence))[0];
        worst = Math.min(worst, Sums.dot(expected, 0, actual, 0, actual.length));
      }
      assertThat(worst).isGreaterThan(0.99999);
      float[][] padded = ours.embed(ids.subList(0, 8));
      for (int n = 0; n < padded.length; n++) {
        float[] alone = ours.embed(List.of(ids.get(n)))[0];
        assertThat(Sums.dot(padded[n], 0, alone, 0, alone.length)).isGreaterThan(0.99999);
      }
    }
  }
}
