package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KindsTest {
  @ParameterizedTest
  @CsvSource({
    "fc1.weight, matrix",
    "w, matrix",
    "lm_head.weight, matrix",
    "encoder/dense/kernel, matrix",
    "embed_out.weight, matrix",
    "norm1.linear.weight, matrix",
    "time_embedding.linear_1.weight, matrix",
    "embeddings_project.weight, matrix",
    "rescale.proj.weight, matrix",
    "fc1.bias, bias",
    "rnn.bias_ih_l0, bias",
    "relative_attention_bias, bias",
    "model.norm.weight, norm",
    "h.0.ln_1.weight, norm",
    "LayerNorm.gamma, norm",
    "bn2.running_mean, norm",
    "embeddings.word_embeddings.weight, embedding",
    "model.embed_tokens.weight, embedding",
    "wte.weight, embedding",
    "shared.weight, embedding",
    "pos_embed, embedding",
    "q.weight_scale, scale of quantised weights",
    "q.weight_scale_inv, scale of quantised weights",
    "q.weight_scale_2, scale of quantised weights",
    "q.weight_zero_point, scale of quantised weights",
    "q.scales, scale of quantised weights",
    "q.zeros, scale of quantised weights",
  })
  void aMatrixIsWhatItsNameSays(String name, String kind) {
    NamedTensor tensor = NamedTensor.of(name, List.of(2L, 2L), 1, 2, 3, 4);
    assertThat(Kinds.of(tensor, List.of(tensor))).isEqualTo(kind);
  }

  @Test
  void whatBelongsToQuantisedWeightsIsAScaleWhateverItsName() {
    NamedTensor quantised =
        new NamedTensor("q.weight", DType.I8, List.of(2L, 2L), MemorySegment.ofArray(new byte[4]));
    NamedTensor inner = NamedTensor.of("q.weight.blocks", List.of(2L, 1L), 1, 2);
    NamedTensor other = NamedTensor.of("q.weights2", List.of(2L, 1L), 1, 2);
    List<NamedTensor> all = List.of(quantised, inner, other);
    assertThat(Kinds.of(inner, all)).isEqualTo(Kinds.SCALE);
    assertThat(Kinds.of(other, all)).isEqualTo(Kinds.MATRIX);
    assertThat(Kinds.of(quantised, all)).isEqualTo("I8 matrix");
  }

  @Test
  void otherShapesAreNamedByTypeAndRank() {
    NamedTensor conv = NamedTensor.of("conv.weight", List.of(1L, 1L, 1L, 2L), 1, 2);
    assertThat(Kinds.of(conv, List.of(conv))).isEqualTo("F32 tensor of rank 4");
    NamedTensor empty = NamedTensor.of("w", List.of(0L, 4L));
    assertThat(Kinds.of(empty, List.of(empty))).isEqualTo(Kinds.EMPTY);
  }
}
