package org.bitindex.onnx;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.jspecify.annotations.Nullable;

/**
 * Puts other tensors in the places of a model's: those of initializers and of attributes, also in
 * subgraphs and functions. A sparse tensor becomes a dense one where the map says so.
 */
public abstract class TensorMap {
  /** A map. */
  protected TensorMap() {}

  /** What takes the place of a tensor; the tensor itself to leave it. */
  protected abstract OnnxTensor map(OnnxTensor tensor);

  /** A dense tensor that takes the place of a sparse one, or null to leave it. */
  protected @Nullable OnnxTensor map(SparseTensor tensor) {
    return null;
  }

  /** The model with other tensors. */
  public final Model apply(Model model) {
    List<Function> functions =
        model.functions().stream()
            .map(f ->
                new Function(
                    f.name(),
                    f.domain(),
                    f.inputs(),
                    f.outputs(),
                    f.attributes(),
                    f.defaults(),
                    f.nodes().stream().map(this::apply).toList(),
                    f.opsets()))
            .toList();
    return new Model(
        model.irVersion(),
        model.producer(),
        model.opsets(),
        apply(model.graph()),
        functions,
        model.metadata());
  }

  private Graph apply(Graph graph) {
    SequencedMap<String, OnnxTensor> initializers = new LinkedHashMap<>();
    graph.initializers().forEach((name, tensor) -> initializers.put(name, map(tensor)));
    SequencedMap<String, SparseTensor> sparse = new LinkedHashMap<>();
    graph
        .sparseInitializers()
        .forEach((name, tensor) -> {
          OnnxTensor dense = map(tensor);
          if (dense == null) {
            sparse.put(name, tensor);
          } else {
            initializers.put(name, dense);
          }
        });
    return new Graph(
        graph.name(),
        graph.nodes().stream().map(this::apply).toList(),
        graph.inputs(),
        graph.outputs(),
        graph.values(),
        initializers,
        sparse);
  }

  private Node apply(Node node) {
    SequencedMap<String, Attribute> attributes = new LinkedHashMap<>();
    node.attributes()
        .forEach((name, value) -> {
          switch (value) {
            case Attribute.OfTensor(OnnxTensor tensor) ->
                attributes.put(name, new Attribute.OfTensor(map(tensor)));
            case Attribute.OfGraph(Graph body) ->
                attributes.put(name, new Attribute.OfGraph(apply(body)));
            case Attribute.OfSparseTensor(SparseTensor sparse) -> {
              OnnxTensor dense = map(sparse);
              // A Constant node holds a dense value under another name.
              attributes.put(
                  dense == null ? name : "value",
                  dense == null ? value : new Attribute.OfTensor(dense));
            }
            default -> attributes.put(name, value);
          }
        });
    return new Node(
        node.name(), node.operator(), node.domain(), node.inputs(), node.outputs(), attributes);
  }
}
