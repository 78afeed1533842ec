package org.bitindex.graph;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.bitindex.EncodedFormatException;
import org.bitindex.backend.Backend;
import org.bitindex.backend.Backends;
import org.bitindex.graph.operator.Operators;
import org.bitindex.graph.operator.Product;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.io.ModelFile;
import org.bitindex.io.OnnxFile;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/**
 * A network that runs: an ONNX graph with dense or encoded weights.
 *
 * {@snippet file="org/bitindex/Examples.java" region="network"}
 *
 * <p>Safe for use by many threads. The bits of the outputs depend neither on the backend, nor on
 * vector width and threads, nor on the other samples of a batch.
 *
 * <p><b>Lifetimes.</b> Close a network when it is no longer needed: it keeps its file mapped, and
 * nothing closes one that is forgotten. {@link #close()} waits for the runs that have begun; later
 * ones throw {@link IllegalStateException}. Tensors belong to the caller and outlive it. A backend
 * and a {@link ModelFile} that it was given are not closed with it.
 */
public final class Network implements AutoCloseable {
  private final List<ValueInfo> inputs;
  private final List<ValueInfo> outputs;
  private final Program program;
  private final List<Product> products;
  private final Runnable releaseOwned;

  /** Runs hold the read lock, closing the write lock. */
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

  private boolean closed;

  private Network(
      List<ValueInfo> inputs,
      List<ValueInfo> outputs,
      Program program,
      List<Product> products,
      Runnable releaseOwned) {
    this.inputs = inputs;
    this.outputs = outputs;
    this.program = program;
    this.products = products;
    this.releaseOwned = releaseOwned;
  }

  /**
   * The network of a file: an ONNX file, whose name ends in .onnx, with its own dense weights; or
   * an encoded one as {@code bie encode} writes it. All of an encoded file is read and checked;
   * weights stay in the mapped file.
   *
   * @throws EncodedFormatException if the bytes do not follow the format, the file holds no
   *     network, or an operator is not supported, naming file and node
   * @throws IOException if the file cannot be read
   */
  public static Network open(Path path) throws IOException {
    return open(path, NetworkOptions.dense());
  }

  /** As {@link #open(Path)}, with options. */
  @SuppressWarnings("MustBeClosedChecker") // the network owns the arena
  public static Network open(Path path, NetworkOptions options) throws IOException {
    if (!path.toString().toLowerCase(Locale.ROOT).endsWith(".onnx")) {
      ModelFile file = ModelFile.open(path);
      try {
        file.verify();
        return of(file, options, file::close);
      } catch (Throwable t) {
        file.close();
        throw t;
      }
    }
    Arena arena = Arena.ofShared();
    try {
      return of(OnnxFile.model(path, arena), Map.of(), options, arena::close);
    } catch (IllegalArgumentException e) {
      arena.close();
      throw new EncodedFormatException(path + ": " + e.getMessage(), e);
    } catch (Throwable t) {
      arena.close();
      throw t;
    }
  }

  /**
   * The network of an encoded file, which must stay open as long as the network; opened with {@link
   * ModelFile#open(Path, int)} for a network of fewer bits.
   *
   * @throws EncodedFormatException if the file holds no network, or an operator is not supported
   */
  public static Network of(ModelFile file, NetworkOptions options) throws EncodedFormatException {
    return of(file, options, () -> {});
  }

  private static Network of(ModelFile file, NetworkOptions options, Runnable releaseOwned)
      throws EncodedFormatException {
    Model model = file.graph();
    if (model == null) {
      throw new EncodedFormatException(file.path() + " holds weights, but no network");
    }
    try {
      return of(model, EncodedWeights.of(file), options, releaseOwned);
    } catch (IllegalArgumentException e) {
      throw new EncodedFormatException(file.path() + ": " + e.getMessage(), e);
    }
  }

  /**
   * A network of a model, which must stay open as long as the network.
   *
   * @param encoded weights of constants without data, by the name of their tensor
   * @throws IllegalArgumentException naming the node that cannot run
   */
  public static Network of(
      Model model, Map<String, EncodedWeights> encoded, NetworkOptions options) {
    return of(model, encoded, options, () -> {});
  }

  private static Network of(
      Model model,
      Map<String, EncodedWeights> encoded,
      NetworkOptions options,
      Runnable releaseOwned) {
    List<Product> products = new ArrayList<>();
    Backend backend = null;
    try {
      Graph inlined = Inliner.inline(model);
      requireSupported(model, inlined);
      Graph graph = Fuser.fuse(inlined);
      NetworkOptions complete = options;
      if (!encoded.isEmpty() && options.backend() == null) {
        backend = Backends.open();
        complete = options.with(backend);
      }
      Program program = new Compiler(model, encoded, complete, products).compile(graph);
      products.forEach(Product::prepare);
      Backend opened = backend;
      return new Network(
          Compiler.inputs(graph),
          graph.outputs(),
          program,
          products,
          opened == null
              ? releaseOwned
              : () -> {
                opened.close();
                releaseOwned.run();
              });
    } catch (Throwable t) {
      products.forEach(Product::close);
      if (backend != null) {
        backend.close();
      }
      throw t;
    }
  }

  /**
   * Checks that all operators of a model are known.
   *
   * @throws IllegalArgumentException naming the first node whose operator is not
   */
  public static void requireSupported(Model model) {
    requireSupported(model, Inliner.inline(model));
  }

  private static void requireSupported(Model model, Graph graph) {
    for (Node node : graph.nodes()) {
      if (Operators.factory(node) == null) {
        throw new IllegalArgumentException(
            "node %s: operator %s of opset %d is not supported"
                .formatted(node, node.operator(), model.opset(node.domain())));
      }
      for (Attribute attribute : node.attributes().values()) {
        if (attribute instanceof Attribute.OfGraph(Graph body)) {
          requireSupported(model, body);
        }
      }
    }
  }

  /** The inputs that a run needs. */
  public List<ValueInfo> inputs() {
    return inputs;
  }

  /** The outputs that a run gives. */
  public List<ValueInfo> outputs() {
    return outputs;
  }

  /** Bytes that prepared weights and constants hold, beside those in the mapped file. */
  public long preparedBytes() {
    long bytes = 0;
    for (Product product : products) {
      bytes += product.preparedBytes();
    }
    for (Tensor constant : program.values()) {
      if (constant != null) {
        bytes += (long) constant.length() * (constant.elements() instanceof float[] ? 4 : 8);
      }
    }
    return bytes;
  }

  /**
   * Runs the network.
   *
   * @param arguments a tensor for each input, by name
   * @return a tensor for each output, by name
   * @throws IllegalArgumentException if an input is missing or does not fit, naming input or node
   * @throws IllegalStateException if the network is closed
   */
  public SequencedMap<String, Tensor> run(Map<String, Tensor> arguments) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("the network is closed");
      }
      return runOpen(arguments);
    } finally {
      lock.readLock().unlock();
    }
  }

  /**
   * Runs a network of one input.
   *
   * @return its first output
   * @throws IllegalArgumentException if it has other inputs too, or this one does not fit
   */
  public Tensor run(Tensor input) {
    Map<String, Tensor> arguments =
        inputs.isEmpty() ? Map.of() : Map.of(inputs.getFirst().name(), input);
    return run(arguments).firstEntry().getValue();
  }

  private SequencedMap<String, Tensor> runOpen(Map<String, Tensor> arguments) {
    Tensor[] values = new Tensor[inputs.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = argument(inputs.get(i), arguments);
    }
    if (arguments.size() > values.length) {
      throw new IllegalArgumentException(
          "there are inputs "
              + String.join(", ", arguments.keySet())
              + ", the network has "
              + names(inputs));
    }
    Tensor[] results = program.run(values, new Tensor[0]);
    SequencedMap<String, Tensor> byName = new LinkedHashMap<>();
    for (int i = 0; i < results.length; i++) {
      byName.put(outputs.get(i).name(), results[i]);
    }
    return byName;
  }

  private Tensor argument(ValueInfo input, Map<String, Tensor> arguments) {
    Tensor tensor = arguments.get(input.name());
    if (tensor == null) {
      throw new IllegalArgumentException(
          "input " + input.name() + " is missing, the network has " + names(inputs));
    }
    if (!fits(input.type(), tensor)) {
      throw new IllegalArgumentException(
          "input " + input.name() + " is " + tensor + ", expected " + input.type());
    }
    return tensor;
  }

  private static boolean fits(ValueType type, Tensor tensor) {
    if (type.kind() != ValueType.Kind.TENSOR) {
      return type.kind() == ValueType.Kind.NONE;
    }
    if (type.element() != tensor.type()) {
      return false;
    }
    List<ValueType.Dimension> shape = type.shape();
    if (shape == null) {
      return true;
    }
    int[] sizes = tensor.shape();
    if (sizes.length != shape.size()) {
      return false;
    }
    for (int d = 0; d < sizes.length; d++) {
      if (shape.get(d).size() >= 0 && shape.get(d).size() != sizes[d]) {
        return false;
      }
    }
    return true;
  }

  private static String names(List<ValueInfo> values) {
    return Arrays.toString(values.stream().map(v -> v.name() + " " + v.type()).toArray());
  }

  /**
   * Waits for runs and releases what was prepared, and the file that this network opened; a second
   * call does nothing.
   */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        products.forEach(Product::close);
        releaseOwned.run();
      }
    } finally {
      lock.writeLock().unlock();
    }
  }
}
