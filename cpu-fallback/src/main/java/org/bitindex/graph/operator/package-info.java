/** The operators of ONNX. */
@NullMarked
package org.bitindex.graph.operator;

import org.jspecify.annotations.NullMarked;
