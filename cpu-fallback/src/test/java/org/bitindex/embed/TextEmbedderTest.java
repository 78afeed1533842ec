package org.bitindex.embed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextEmbedderTest {
  @TempDir private Path folder;

  private TextEmbedder open(Pooling pooling, String mask) throws Exception {
    return TinyEmbedder.open(folder, pooling, mask);
  }

  @Test
  void tokensArePooledToLengthOne() throws Exception {
    try (TextEmbedder mean = open(Pooling.MEAN, "attention_mask")) {
      assertThat(mean.embed("")).containsExactly(0.6f, 0.8f);
      assertThat(mean.embed("North")).containsExactly(unit(3, 8));
      assertThat(mean.embed("east north")).containsExactly(unit(11, 8));
      assertThat(mean.embed("east north north north")).isEqualTo(mean.embed("east north"));
      assertThat(mean.tokenizer().maxTokens()).isEqualTo(3);
    }
    try (TextEmbedder first = open(Pooling.FIRST, "attention_mask")) {
      assertThat(first.embed("east")).containsExactly(0.6f, 0.8f);
    }
  }

  private static float[] unit(float x, float y) {
    float inverse = (float) (1 / Math.sqrt((double) x * x + (double) y * y));
    return new float[] {x * inverse, y * inverse};
  }

  @Test
  void textsOfAnyLengthsKeepTheirOrder() throws Exception {
    List<String> texts = List.of("east north", "", "north", "east", "", "north east");
    try (TextEmbedder embedder = open(Pooling.MEAN, "attention_mask")) {
      List<float[]> vectors = embedder.embed(texts);
      assertThat(vectors).hasSameSizeAs(texts);
      for (int i = 0; i < texts.size(); i++) {
        assertThat(vectors.get(i)).isEqualTo(embedder.embed(texts.get(i)));
      }
      assertThat(embedder.embed(List.of())).isEmpty();
    }
  }

  @Test
  void anUnknownInputIsNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> open(Pooling.MEAN, "pixel_values"))
        .withMessageContaining("has an input pixel_values");
  }
}
