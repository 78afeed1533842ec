package org.bitindex.graph.conformance;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.bitindex.graph.Network;
import org.bitindex.graph.NetworkOptions;
import org.bitindex.graph.operator.Operators;
import org.bitindex.graph.tensor.Tensor;
import org.bitindex.onnx.Attribute;
import org.bitindex.onnx.Graph;
import org.bitindex.onnx.Model;
import org.bitindex.onnx.Node;
import org.bitindex.onnx.OnnxTensor;
import org.bitindex.onnx.ValueInfo;
import org.bitindex.onnx.ValueType;

/**
 * Runs folders of ONNX's own tests: {@code model.onnx} beside {@code test_data_set_N} with {@code
 * input_I.pb} and {@code output_I.pb}. An output may differ from the expected one by 1e-7 + 1e-3 of
 * it, as ONNX's runner allows.
 */
public final class Conformance {
  private static final double ABSOLUTE = 1e-7;
  private static final double RELATIVE = 1e-3;

  private Conformance() {}

  /**
   * The folders of tests under a folder, by name.
   *
   * @throws IOException if it cannot be read
   */
  public static List<Path> tests(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException("cannot read " + folder + ": not a directory");
    }
    try (Stream<Path> paths = Files.walk(folder)) {
      return paths
          .filter(path -> String.valueOf(path.getFileName()).equals("model.onnx"))
          .map(Path::getParent)
          .filter(path -> Files.isDirectory(path.resolve("test_data_set_0")))
          .sorted()
          .toList();
    }
  }

  /** Runs one test. */
  public static TestResult run(Path test, int threads) {
    String name = String.valueOf(test.getFileName());
    Set<String> operators = new TreeSet<>();
    try (Arena arena = Arena.ofShared()) {
      Model model = Model.read(test.resolve("model.onnx"), arena);
      addOperators(model.graph(), operators);
      model.functions().forEach(f -> f.nodes().forEach(node -> addOperators(node, operators)));
      model.functions().forEach(f -> operators.remove(f.name()));
      String unsupported = unsupported(model, operators);
      return unsupported.isEmpty()
          ? run(name, operators, test, model, arena, threads)
          : new TestResult(name, operators, TestResult.Kind.UNSUPPORTED, unsupported);
    } catch (IOException | IllegalArgumentException e) {
      return new TestResult(
          name, operators, TestResult.Kind.FAILED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      return new TestResult(name, operators, TestResult.Kind.FAILED, "stack trace: " + e);
    }
  }

  private static void addOperators(Graph graph, Set<String> operators) {
    graph.nodes().forEach(node -> addOperators(node, operators));
  }

  private static void addOperators(Node node, Set<String> operators) {
    operators.add(
        node.domain().isEmpty() ? node.operator() : node.domain() + "." + node.operator());
    for (Attribute attribute : node.attributes().values()) {
      if (attribute instanceof Attribute.OfGraph(Graph body)) {
        addOperators(body, operators);
      }
    }
  }

  private static String unsupported(Model model, Set<String> operators) {
    for (String operator : operators) {
      if (!Operators.names().contains(operator)) {
        return "operator " + operator;
      }
    }
    for (ValueInfo value :
        Stream.concat(model.graph().inputs().stream(), model.graph().outputs().stream()).toList()) {
      if (value.type().kind() != ValueType.Kind.TENSOR) {
        return "value " + value.name() + " is " + value.type();
      }
    }
    return "";
  }

  private static TestResult run(
      String name, Set<String> operators, Path test, Model model, Arena arena, int threads)
      throws IOException {
    try (Network network =
        Network.of(model, Map.of(), NetworkOptions.dense().withThreads(threads))) {
      for (int set = 0; Files.isDirectory(test.resolve("test_data_set_" + set)); set++) {
        Path folder = test.resolve("test_data_set_" + set);
        Map<String, Tensor> inputs = new LinkedHashMap<>();
        for (int i = 0; i < network.inputs().size(); i++) {
          Path file = folder.resolve("input_" + i + ".pb");
          inputs.put(network.inputs().get(i).name(), Tensor.of(OnnxTensor.read(file, arena)));
        }
        List<Tensor> outputs = new ArrayList<>(network.run(inputs).values());
        for (int i = 0; i < outputs.size(); i++) {
          Path file = folder.resolve("output_" + i + ".pb");
          Tensor expected = Tensor.of(OnnxTensor.read(file, arena));
          String difference = difference(expected, outputs.get(i));
          if (!difference.isEmpty()) {
            return new TestResult(
                name, operators, TestResult.Kind.FAILED, "output " + i + ": " + difference);
          }
        }
      }
    }
    return new TestResult(name, operators, TestResult.Kind.PASSED, "");
  }

  /** In what two tensors differ; empty if they agree. */
  static String difference(Tensor expected, Tensor actual) {
    if (!expected.toString().equals(actual.toString())) {
      return "is " + actual + ", expected " + expected;
    }
    for (int i = 0; i < expected.length(); i++) {
      boolean same =
          switch (expected.elements()) {
            case String[] texts -> texts[i].equals(actual.strings()[i]);
            case long[] integers -> integers[i] == actual.longs()[i];
            default -> near(expected.number(i), actual.number(i));
          };
      if (!same) {
        String value =
            expected.elements() instanceof String[] texts
                ? actual.strings()[i] + ", expected " + texts[i]
                : actual.number(i) + ", expected " + expected.number(i);
        return "element " + i + " is " + value;
      }
    }
    return "";
  }

  private static boolean near(double expected, double actual) {
    return Double.compare(expected, actual) == 0
        || Math.abs(expected - actual) <= ABSOLUTE + RELATIVE * Math.abs(expected);
  }
}
