package org.bitindex.onnx;

/** The name and the type of a value of a graph. */
public record ValueInfo(String name, ValueType type) {}
