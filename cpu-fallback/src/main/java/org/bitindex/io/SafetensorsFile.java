package org.bitindex.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SequencedMap;
import org.bitindex.matrix.Weights;

/**
 * A safetensors file (huggingface.co/docs/safetensors), opened in time that depends on its header
 * alone.
 */
public final class SafetensorsFile implements DenseFile {
  private final MappedFile file;
  private final SequencedMap<String, String> metadata;
  private final SequencedMap<String, Tensor> tensors;
  private final SequencedMap<String, Weights> matrices;

  SafetensorsFile(MappedFile file) throws IOException {
    var header = new SafetensorsHeader(file);
    this.file = file;
    this.metadata = Collections.unmodifiableSequencedMap(header.metadata());
    this.tensors = Collections.unmodifiableSequencedMap(header.tensors());
    this.matrices = Matrices.of(tensors.values());
  }

  /** Opens a file; errors as {@link DenseFile#open}. */
  public static SafetensorsFile open(Path path) throws IOException {
    return MappedFile.open(path, SafetensorsFile::new);
  }

  @Override
  public Path path() {
    return file.path();
  }

  /** The strings of {@code __metadata__}. */
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  @Override
  public SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    return matrices;
  }

  @Override
  public void close() {
    file.close();
  }
}
