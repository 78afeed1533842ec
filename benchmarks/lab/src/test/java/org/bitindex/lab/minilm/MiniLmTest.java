package org.bitindex.lab.minilm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.bert.BertEncoder;
import org.bitindex.bert.MiniLm;
import org.bitindex.bert.SentenceEncoder;
import org.bitindex.bert.SentenceTokenizer;
import org.bitindex.bert.Sentences;
import org.bitindex.bert.Sums;
import org.bitindex.io.OnnxFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real model: a dependency of the tests, so it is always there. */
class MiniLmTest {
  @TempDir private Path folder;

  @Test
  void fp32AgreesWithOnnxRuntimeOnEverySentence() throws Exception {
    Path model = MiniLmFiles.model(folder);
    try (Backend scalar = Backends.open("scalar", 1);
        OnnxFile file = OnnxFile.open(model);
        SentenceEncoder ours =
            BertEncoder.of(
                MiniLm.assemble(file.matricesOfAllNames(), file.tensors()), scalar, 24, 2);
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
    }
  }
}
