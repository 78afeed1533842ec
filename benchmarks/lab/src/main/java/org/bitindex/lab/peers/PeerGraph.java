package org.bitindex.lab.peers;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Writes an ONNX model from the float input X to the float output Y.
 *
 * <p>Field numbers are those of onnx.proto, IR version 8, operator set 17.
 */
final class PeerGraph {
  static final int FLOAT = 1;
  static final int UINT8 = 2;
  static final int INT8 = 3;

  static final String INPUT = "X";
  static final String OUTPUT = "Y";

  private static final int IR_VERSION = 8;
  private static final int OPERATOR_SET = 17;
  private static final String MICROSOFT = "com.microsoft";
  private static final int ATTRIBUTE_INT = 2;

  private final Protobuf graph = new Protobuf().text(2, "product");

  /** Adds a standard operator. */
  PeerGraph node(String operator, String[] inputs, String... outputs) {
    graph.message(1, operator(operator, inputs, outputs));
    return this;
  }

  /** Adds a cast to float. */
  PeerGraph castToFloat(String input, String output) {
    graph.message(
        1, operator("Cast", new String[] {input}, output).message(5, attribute("to", FLOAT)));
    return this;
  }

  /** Adds ONNX Runtime's own product with weights of few bits, Y[n x m] = X[n x k] W. */
  PeerGraph matMulNBits(int k, int m, int bits, int blockSize, int accuracyLevel) {
    graph.message(
        1,
        operator("MatMulNBits", new String[] {INPUT, "codes", "scales"}, OUTPUT)
            .message(5, attribute("K", k))
            .message(5, attribute("N", m))
            .message(5, attribute("bits", bits))
            .message(5, attribute("block_size", blockSize))
            .message(5, attribute("accuracy_level", accuracyLevel))
            .text(7, MICROSOFT));
    return this;
  }

  /** Adds constant floats. */
  PeerGraph constant(String name, float[] values, long... dimensions) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    FloatBuffer floats = bytes.asFloatBuffer();
    floats.put(values);
    return constant(name, FLOAT, bytes.array(), dimensions);
  }

  /** Adds constant bytes of type {@link #INT8} or {@link #UINT8}. */
  PeerGraph constant(String name, int type, byte[] bytes, long... dimensions) {
    Protobuf tensor = new Protobuf();
    for (long dimension : dimensions) {
      tensor.number(1, dimension);
    }
    graph.message(5, tensor.number(2, type).text(8, name).bytes(9, bytes));
    return this;
  }

  /** The model, whose X is batch x columns and Y batch x rows. */
  byte[] toModel(PeerShape shape) {
    graph.message(11, value(INPUT, shape.batch(), shape.columns()));
    graph.message(12, value(OUTPUT, shape.batch(), shape.rows()));
    return new Protobuf()
        .number(1, IR_VERSION)
        .message(8, new Protobuf().text(1, "").number(2, OPERATOR_SET))
        .message(8, new Protobuf().text(1, MICROSOFT).number(2, 1))
        .message(7, graph)
        .toBytes();
  }

  private static Protobuf operator(String operator, String[] inputs, String... outputs) {
    Protobuf node = new Protobuf();
    for (String input : inputs) {
      node.text(1, input);
    }
    for (String output : outputs) {
      node.text(2, output);
    }
    return node.text(4, operator);
  }

  private static Protobuf attribute(String name, int value) {
    return new Protobuf().text(1, name).number(3, value).number(20, ATTRIBUTE_INT);
  }

  private static Protobuf value(String name, int... dimensions) {
    Protobuf shape = new Protobuf();
    for (int dimension : dimensions) {
      shape.message(1, new Protobuf().number(1, dimension));
    }
    Protobuf tensor = new Protobuf().number(1, FLOAT).message(2, shape);
    return new Protobuf().text(1, name).message(2, new Protobuf().message(1, tensor));
  }
}
