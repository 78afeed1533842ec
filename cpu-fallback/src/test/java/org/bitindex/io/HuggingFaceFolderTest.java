package org.bitindex.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.bitindex.EncodedFormatException;
import org.bitindex.matrix.DenseMatrix;
import org.bitindex.matrix.NamedTensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceFolderTest {
  private static final String INDEX = "model.safetensors.index.json";
  private static final String EMBEDDINGS = "model.embed_tokens.weight";

  @TempDir private Path folder;

  private void shard(String name, SafetensorsWriter writer) throws IOException {
    writer.write(folder.resolve(name), IfExists.REPLACE);
  }

  private void index(String weightMap) throws IOException {
    Files.writeString(folder.resolve(INDEX), "{\"weight_map\":{" + weightMap + "}}");
  }

  private static SafetensorsWriter writer(String name) {
    return new SafetensorsWriter()
        .metadata(name, "yes")
        .add(name + ".weight", DenseMatrix.of(2, 2, 1, 2, 3, 4))
        .add(NamedTensor.of(name + ".bias", List.of(2L), 5, 6));
  }

  private void writeShards() throws IOException {
    shard("b.safetensors", writer("fc2"));
    shard("a.safetensors", writer("fc1").add(EMBEDDINGS, DenseMatrix.of(1, 2, 7, 8)));
    shard("unnamed.safetensors", writer("fc3"));
    index("\"fc2.weight\":\"b.safetensors\",\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"");
  }

  @Test
  void shardsOfTheIndexAreOneFile() throws IOException {
    writeShards();
    try (DenseFile file = DenseFile.open(folder)) {
      assertThat(file.path()).isEqualTo(folder);
      // Without lm_head, the embeddings are the head.
      assertThat(file.matrices().keySet()).containsExactly("fc1.weight", "fc2.weight", EMBEDDINGS);
      assertThat(Rows.of(file.matrix("fc2.weight"))).isDeepEqualTo(new float[][] {{1, 2}, {3, 4}});
      assertThat(file.otherMatrices()).containsOnlyKeys(EMBEDDINGS);
      assertThat(file.metadata()).containsOnlyKeys("fc1", "fc2");
      assertThat(file.kinds())
          .hasSize(5)
          .containsEntry("fc2.bias", Kinds.BIAS)
          .containsEntry(EMBEDDINGS, Kinds.EMBEDDING);
      assertThat(file.tensors()).hasSize(5);
      assertThat(file.tensorsWithout(List.of("fc1.weight", "fc2.weight")))
          .extracting(NamedTensor::name)
          .containsExactly("fc1.bias", EMBEDDINGS, "fc2.bias");
    }
  }

  @Test
  void oneWholeFileIsTakenAlone() throws IOException {
    writeShards();
    shard("model.safetensors", writer("fc9").add("lm_head.weight", DenseMatrix.of(1, 2, 7, 8)));
    try (DenseFile file = DenseFile.open(folder)) {
      assertThat(file.matrices()).containsOnlyKeys("fc9.weight", "lm_head.weight");
    }
  }

  @Test
  void nothingCanBeReadAfterClose() throws IOException {
    writeShards();
    DenseFile file = DenseFile.open(folder);
    List<NamedTensor> tensors = List.copyOf(file.tensors().values());
    file.close();
    for (NamedTensor tensor : tensors) {
      assertThatThrownBy(tensor::floats).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void foldersWithoutAModelAreRefused() throws IOException {
    assertThatThrownBy(() -> DenseFile.open(folder))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "folder %s has neither model.safetensors nor %s; it holds no model"
                .formatted(folder, INDEX));
    Path index = folder.resolve(INDEX);
    Files.writeString(index, "[]");
    assertThatThrownBy(() -> DenseFile.open(folder))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessage(index + ": the index is not a JSON object");
    for (String bad :
        List.of("../a.safetensors", "a.bin", ".safetensors/x", "a\\\\b.safetensors")) {
      index("\"w\":\"" + bad + "\"");
      assertThatThrownBy(() -> DenseFile.open(folder))
          .isInstanceOf(EncodedFormatException.class)
          .hasMessageStartingWith(index + ": names the shard ")
          .hasMessageEndingWith(", which is no file beside it");
    }
    index("\"w\":\"gone.safetensors\"");
    assertThatThrownBy(() -> DenseFile.open(folder))
        .hasMessage(
            "cannot read " + folder.resolve("gone.safetensors") + ": no such file or directory");
  }

  @Test
  void oneNameInTwoShardsIsRefused() throws IOException {
    shard("a.safetensors", writer("fc"));
    shard("b.safetensors", writer("fc"));
    index("\"x\":\"a.safetensors\",\"y\":\"b.safetensors\"");
    assertThatThrownBy(() -> DenseFile.open(folder))
        .isInstanceOf(EncodedFormatException.class)
        .hasMessageMatching(
            "tensor fc\\.(weight|bias) is in .*/a\\.safetensors and in .*/b\\.safetensors");
  }
}
