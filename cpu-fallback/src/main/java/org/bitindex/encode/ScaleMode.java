package org.bitindex.encode;

/** How many scales an encoded matrix has. */
public enum ScaleMode {
  /** Scale 1: for binary and ternary codes only, whose planes are then the result. */
  NONE,
  /** One scale for the tensor. */
  TENSOR,
  /** One scale for each row. */
  ROW
}
