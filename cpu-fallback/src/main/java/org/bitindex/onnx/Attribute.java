package org.bitindex.onnx;

import java.util.List;

/** The value of a node's attribute (AttributeProto). */
@SuppressWarnings("ArrayRecordComponent") // compared by nobody
public sealed interface Attribute {
  /** A float. */
  record Real(float value) implements Attribute {}

  /** An integer. */
  record Int(long value) implements Attribute {}

  /** A string. */
  record Text(String value) implements Attribute {}

  /** Floats; not to be changed. */
  record Reals(float[] values) implements Attribute {}

  /** Integers; not to be changed. */
  record Ints(long[] values) implements Attribute {}

  /** Strings. */
  record Texts(List<String> values) implements Attribute {}

  /** A tensor. */
  record OfTensor(OnnxTensor value) implements Attribute {}

  /** Tensors. */
  record OfTensors(List<OnnxTensor> values) implements Attribute {}

  /** A sparse tensor. */
  record OfSparseTensor(SparseTensor value) implements Attribute {}

  /** Sparse tensors. */
  record OfSparseTensors(List<SparseTensor> values) implements Attribute {}

  /** A subgraph. */
  record OfGraph(Graph value) implements Attribute {}

  /** Subgraphs. */
  record OfGraphs(List<Graph> values) implements Attribute {}

  /** A type. */
  record OfType(ValueType value) implements Attribute {}

  /** Types. */
  record OfTypes(List<ValueType> values) implements Attribute {}

  /**
   * In the body of a function: the attribute of this name of the node that calls it.
   *
   * @param type its number in AttributeProto.AttributeType
   */
  record Reference(String name, int type) implements Attribute {}
}
