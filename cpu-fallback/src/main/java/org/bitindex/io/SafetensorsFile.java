package org.bitindex.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.Set;
import org.bitindex.io.format.MappedFile;
import org.bitindex.io.format.SafetensorsHeader;
import org.bitindex.io.format.SparseBitmask;
import org.bitindex.io.format.SparseBitmaskReader;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * A safetensors file (huggingface.co/docs/safetensors), opened in time that depends on its header
 * and the bitmasks in it alone.
 *
 * <p>Four tensors that hold a matrix as a sparse bitmask ({@code docs/interop.md}) appear as they
 * are stored, and as a matrix.
 */
public final class SafetensorsFile implements DenseFile {
  private final MappedFile file;
  private final SequencedMap<String, String> metadata;
  private final SequencedMap<String, NamedTensor> tensors;
  private final SequencedMap<String, SparseBitmask> sparse;
  private final SequencedMap<String, String> kinds;
  private final SequencedMap<String, Weights> matrices;
  private final SequencedMap<String, Weights> otherMatrices;

  SafetensorsFile(MappedFile file) throws IOException {
    var header = new SafetensorsHeader(file);
    if (!header.missing().isEmpty()) {
      throw header.cutShort("");
    }
    this.file = file;
    this.metadata = Collections.unmodifiableSequencedMap(header.metadata());
    this.tensors = Collections.unmodifiableSequencedMap(header.tensors());
    this.sparse = new SparseBitmaskReader(file, tensors).matrices();
    SequencedMap<String, String> allKinds = new LinkedHashMap<>(Matrices.kinds(tensors.values()));
    SequencedMap<String, Weights> all =
        new LinkedHashMap<>(Matrices.products(tensors.values(), allKinds));
    sparse.forEach((name, bitmask) -> {
      all.put(name, bitmask.weights());
      bitmask.tensors().forEach(tensor -> allKinds.put(tensor, "part of a sparse bitmask"));
    });
    this.kinds = Collections.unmodifiableSequencedMap(allKinds);
    this.matrices = Collections.unmodifiableSequencedMap(all);
    this.otherMatrices = Matrices.others(tensors.values(), allKinds);
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
  @Override
  public SequencedMap<String, String> metadata() {
    return metadata;
  }

  @Override
  public SequencedMap<String, NamedTensor> tensors() {
    return tensors;
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    return matrices;
  }

  @Override
  public SequencedMap<String, Weights> otherMatrices() {
    return otherMatrices;
  }

  @Override
  public SequencedMap<String, String> kinds() {
    return kinds;
  }

  @Override
  public List<NamedTensor> tensorsWithout(Collection<String> matrices) {
    Set<String> taken = new HashSet<>(matrices);
    sparse.forEach((name, bitmask) -> {
      if (matrices.contains(name)) {
        taken.addAll(bitmask.tensors());
      }
    });
    return tensors.values().stream().filter(tensor -> !taken.contains(tensor.name())).toList();
  }

  @Override
  public void close() {
    file.close();
  }
}
