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
import org.bitindex.io.format.OnnxGraph;
import org.bitindex.io.format.OnnxProducts;
import org.bitindex.matrix.Tensor;
import org.bitindex.matrix.Weights;
import org.jspecify.annotations.Nullable;

/**
 * The weights of an ONNX model (onnx/onnx.proto).
 *
 * <p>A 2-D initializer that a MatMul or Gemm multiplies with appears as a matrix under that node's
 * name, turned so that rows are outputs; initializers are often named {@code onnx::MatMul_123}, and
 * the shape of a square one does not tell which way it lies. Other 2-D initializers, such as
 * embeddings, appear under their own names as they are stored. The factors alpha and beta of a Gemm
 * are not applied.
 */
public final class OnnxFile implements DenseFile {
  private final MappedFile file;
  private final SequencedMap<String, Tensor> tensors;
  private final SequencedMap<String, OnnxProducts.Product> products;
  private final SequencedMap<String, Weights> matrices;

  OnnxFile(MappedFile file) throws IOException {
    var graph = new OnnxGraph(file);
    this.file = file;
    this.tensors = Collections.unmodifiableSequencedMap(graph.initializers());
    this.products = OnnxProducts.find(graph);
    this.matrices = Collections.unmodifiableSequencedMap(matrices(tensors, products));
  }

  private static SequencedMap<String, Weights> matrices(
      SequencedMap<String, Tensor> tensors, SequencedMap<String, OnnxProducts.Product> products) {
    SequencedMap<String, Weights> found = new LinkedHashMap<>();
    Set<String> multiplied = new HashSet<>();
    products.forEach((name, product) -> {
      found.put(name, product.weights());
      multiplied.add(product.initializer().name());
    });
    for (Tensor tensor : tensors.values()) {
      if (tensor.isMatrix() && !multiplied.contains(tensor.name())) {
        found.putIfAbsent(tensor.name(), tensor.weights());
      }
    }
    return found;
  }

  /** Opens a file; errors as {@link DenseFile#open}. */
  public static OnnxFile open(Path path) throws IOException {
    return MappedFile.open(path, OnnxFile::new);
  }

  @Override
  public Path path() {
    return file.path();
  }

  /** The initializers, under their own names and as they are stored. */
  @Override
  public SequencedMap<String, Tensor> tensors() {
    return tensors;
  }

  @Override
  public SequencedMap<String, Weights> matrices() {
    return matrices;
  }

  @Override
  public List<Tensor> tensorsWithout(Collection<String> matrices) {
    Set<String> taken = new HashSet<>();
    for (String name : matrices) {
      OnnxProducts.Product product = products.get(name);
      taken.add(product == null ? name : product.initializer().name());
    }
    return tensors.values().stream().filter(tensor -> !taken.contains(tensor.name())).toList();
  }

  /**
   * The bias of a matrix: input C of its Gemm, or the 1-D initializer that an Add puts onto the
   * MatMul's output; null where there is none.
   *
   * @param matrix a name of {@link #matrices()}
   */
  public @Nullable Tensor bias(String matrix) {
    OnnxProducts.Product product = products.get(matrix);
    return product == null ? null : product.bias();
  }

  @Override
  public void close() {
    file.close();
  }
}
