package org.bitindex.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import org.bitindex.io.format.MappedFile;
import org.bitindex.io.format.NpyHeader;
import org.bitindex.io.format.WeightsBytes;
import org.bitindex.matrix.DType;
import org.bitindex.matrix.NamedTensor;
import org.bitindex.matrix.Weights;

/**
 * A NumPy array file, format versions 1 to 3 (numpy.lib.format), little-endian and in C order; its
 * one tensor has the file's name without extension.
 */
public final class NpyFile implements DenseFile {
  private final MappedFile file;
  private final NamedTensor tensor;
  private final SequencedMap<String, NamedTensor> tensors;
  private final SequencedMap<String, String> kinds;
  private final SequencedMap<String, Weights> matrices;

  NpyFile(MappedFile file) throws IOException {
    this.file = file;
    this.tensor = NpyHeader.tensor(file, Names.stem(file.path()));
    this.tensors = Names.single(tensor.name(), tensor);
    boolean encodable = tensor.isMatrix() && !tensor.shape().contains(0L);
    this.kinds =
        Names.single(
            tensor.name(),
            encodable
                ? Kinds.MATRIX
                : tensor.shape().contains(0L) ? Kinds.EMPTY : Kinds.stored(tensor));
    this.matrices = Matrices.products(tensors.values(), kinds);
  }

  /** Opens a file; errors as {@link DenseFile#open}. */
  public static NpyFile open(Path path) throws IOException {
    return MappedFile.open(path, NpyFile::new);
  }

  /**
   * Writes weights [rows x columns] as a version 1 file of little-endian floats, whole or not at
   * all.
   *
   * @throws IOException naming the path and the reason
   */
  public static void write(Path path, Weights weights, IfExists ifExists) throws IOException {
    byte[] head =
        NpyHeader.header(DType.F32, List.of((long) weights.rows(), (long) weights.columns()));
    AtomicFile.write(
        path,
        ifExists,
        output -> {
          output.write(head);
          WeightsBytes.write(weights, output);
        },
        NpyFile::new);
  }

  /**
   * Writes an array, whole or not at all.
   *
   * @throws IllegalArgumentException if NumPy has no such type
   * @throws IOException naming the path and the reason
   */
  public static void write(Path path, NamedTensor array, IfExists ifExists) throws IOException {
    byte[] head = NpyHeader.header(array.type(), array.shape());
    AtomicFile.write(
        path,
        ifExists,
        output -> {
          output.write(head);
          output.write(array.data());
        },
        NpyFile::new);
  }

  @Override
  public Path path() {
    return file.path();
  }

  /** The array. */
  public NamedTensor tensor() {
    return tensor;
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
  public SequencedMap<String, String> kinds() {
    return kinds;
  }

  @Override
  public void close() {
    file.close();
  }
}
