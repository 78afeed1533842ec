package org.bitindex.io;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.bitindex.EncodedFormatException;
import org.bitindex.internal.Printable;
import org.bitindex.io.format.Json;
import org.bitindex.io.format.MappedFile;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * A model's folder as Hugging Face lays it out: {@code model.safetensors}, or the shards that
 * {@code model.safetensors.index.json} names, as one file.
 */
public final class HuggingFaceFolder implements DenseFile {
  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private final Path folder;
  private final List<SafetensorsFile> shards;

  private HuggingFaceFolder(Path folder, List<SafetensorsFile> shards) {
    this.folder = folder;
    this.shards = shards;
  }

  /**
   * Opens the files of a folder.
   *
   * @throws org.bitindex.EncodedFormatException if two shards hold tensors of one name
   * @throws IOException if the folder has no model, or a file cannot be read
   */
  public static HuggingFaceFolder open(Path folder) throws IOException {
    List<SafetensorsFile> shards = new ArrayList<>();
    var model = new HuggingFaceFolder(folder, shards);
    try {
      for (String name : shardNames(folder)) {
        shards.add(SafetensorsFile.open(folder.resolve(name)));
      }
      model.requireNoDuplicates();
      return model;
    } catch (Throwable t) {
      model.close();
      throw t;
    }
  }

  private static Collection<String> shardNames(Path folder) throws IOException {
    if (Files.exists(folder.resolve(WHOLE))) {
      return List.of(WHOLE);
    }
    if (!Files.exists(folder.resolve(INDEX))) {
      throw new IOException(
          "folder " + folder + " has neither " + WHOLE + " nor " + INDEX + "; it holds no model");
    }
    return MappedFile.open(
        folder.resolve(INDEX),
        file -> {
          try (file) {
            byte[] bytes = file.data().toArray(ValueLayout.JAVA_BYTE);
            var names = new TreeSet<String>();
            Json.object(file, "the index", bytes)
                .path("weight_map")
                .forEach(name -> names.add(name.asText()));
            for (String name : names) {
              if (!name.matches("[^/\\\\]+\\.safetensors")) {
                throw file.bad(
                    "names the shard " + Printable.of(name) + ", which is no file beside it");
              }
            }
            return names;
          }
        });
  }

  private void requireNoDuplicates() throws IOException {
    var seen = new LinkedHashMap<String, Path>();
    for (SafetensorsFile shard : shards) {
      for (String name : shard.tensors().keySet()) {
        Path other = seen.put(name, shard.path());
        if (other != null) {
          throw new EncodedFormatException(
              "tensor " + Printable.of(name) + " is in " + other + " and in " + shard.path());
        }
      }
    }
  }

  @Override
  public Path path() {
    return folder;
  }

  private <T> SequencedMap<String, T> all(Function<DenseFile, SequencedMap<String, T>> part) {
    SequencedMap<String, T> all = new LinkedHashMap<>();
    shards.forEach(shard -> all.putAll(part.apply(shard)));
    return Collections.unmodifiableSequencedMap(all);
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    return Matrices.withSharedHead(all(DenseFile::matrices), otherMatrices());
  }

  @Override
  public SequencedMap<String, Weights> otherMatrices() {
    return all(DenseFile::otherMatrices);
  }

  @Override
  public SequencedMap<String, String> kinds() {
    return all(DenseFile::kinds);
  }

  @Override
  public SequencedMap<String, String> metadata() {
    return all(DenseFile::metadata);
  }

  @Override
  public SequencedMap<String, NamedTensor> tensors() {
    return all(DenseFile::tensors);
  }

  @Override
  public List<NamedTensor> tensorsWithout(Collection<String> matrices) {
    return shards.stream().flatMap(shard -> shard.tensorsWithout(matrices).stream()).toList();
  }

  @Override
  public void close() {
    shards.forEach(SafetensorsFile::close);
  }
}
