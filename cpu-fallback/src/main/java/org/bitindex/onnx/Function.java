package org.bitindex.onnx;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * An operator that a model defines by nodes (FunctionProto).
 *
 * @param name the operator's type
 * @param domain of the operator
 * @param inputs names in the body
 * @param outputs names in the body
 * @param attributes names of attributes without a default
 * @param defaults attributes with a default
 * @param nodes the body
 * @param opsets versions that the body uses, by domain
 */
public record Function(
    String name,
    String domain,
    List<String> inputs,
    List<String> outputs,
    List<String> attributes,
    SequencedMap<String, Attribute> defaults,
    List<Node> nodes,
    SequencedMap<String, Long> opsets) {
  public Function {
    domain = domain.equals("ai.onnx") ? "" : domain;
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = List.copyOf(attributes);
    defaults = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(defaults));
    nodes = List.copyOf(nodes);
    opsets = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(opsets));
  }
}
