package org.bitindex.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a graph (NodeProto).
 *
 * @param name may be empty
 * @param operator the operator's type
 * @param domain of the operator; empty for ONNX's own
 * @param inputs names of values; empty for an input that is left out
 * @param outputs names of values; empty for an output that nobody reads
 * @param attributes by name
 */
public record Node(
    String name,
    String operator,
    String domain,
    List<String> inputs,
    List<String> outputs,
    SequencedMap<String, Attribute> attributes) {
  public Node {
    domain = domain.equals("ai.onnx") ? "" : domain;
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(attributes));
  }

  /** The name of an input, empty where there is none. */
  public String input(int index) {
    return index < inputs.size() ? inputs.get(index) : "";
  }

  /** The name of an output, empty where there is none. */
  public String output(int index) {
    return index < outputs.size() ? outputs.get(index) : "";
  }

  /** True if it is this operator of ONNX itself. */
  public boolean is(String onnxOperator) {
    return domain.isEmpty() && operator.equals(onnxOperator);
  }

  /** An integer attribute, or {@code otherwise} if it is not there. */
  public long integer(String attribute, long otherwise) {
    return switch (attributes.get(attribute)) {
      case null -> otherwise;
      case Attribute.Int(long value) -> value;
      case Attribute other -> throw wrong(attribute, other, "an integer");
    };
  }

  /** A float attribute, or {@code otherwise} if it is not there. */
  public float real(String attribute, float otherwise) {
    return switch (attributes.get(attribute)) {
      case null -> otherwise;
      case Attribute.Real(float value) -> value;
      case Attribute other -> throw wrong(attribute, other, "a float");
    };
  }

  /** A string attribute, or {@code otherwise} if it is not there. */
  public String text(String attribute, String otherwise) {
    return switch (attributes.get(attribute)) {
      case null -> otherwise;
      case Attribute.Text(String value) -> value;
      case Attribute other -> throw wrong(attribute, other, "a string");
    };
  }

  /** The integers of an attribute, or null if it is not there. */
  public long @Nullable [] integers(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> null;
      case Attribute.Ints(long[] values) -> values.clone();
      case Attribute other -> throw wrong(attribute, other, "integers");
    };
  }

  /** The floats of an attribute, or null if it is not there. */
  public float @Nullable [] reals(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> null;
      case Attribute.Reals(float[] values) -> values.clone();
      case Attribute other -> throw wrong(attribute, other, "floats");
    };
  }

  /** The strings of an attribute, empty if it is not there. */
  public List<String> texts(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> List.of();
      case Attribute.Texts(List<String> values) -> values;
      case Attribute other -> throw wrong(attribute, other, "strings");
    };
  }

  /** The subgraph of an attribute, or null if it is not there. */
  public @Nullable Graph graph(String attribute) {
    return switch (attributes.get(attribute)) {
      case null -> null;
      case Attribute.OfGraph(Graph value) -> value;
      case Attribute other -> throw wrong(attribute, other, "a graph");
    };
  }

  private IllegalArgumentException wrong(String attribute, Attribute value, String expected) {
    return new IllegalArgumentException(
        "attribute %s of %s is %s, expected %s"
            .formatted(attribute, this, value.getClass().getSimpleName(), expected));
  }

  /** The node as messages name it. */
  @Override
  public String toString() {
    String type = domain.isEmpty() ? operator : domain + "." + operator;
    return name.isEmpty() ? type + " -> " + output(0) : type + " " + name;
  }
}
