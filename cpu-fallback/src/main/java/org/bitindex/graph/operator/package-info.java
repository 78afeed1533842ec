/** The operators of ONNX. Start with {@link org.bitindex.graph.operator.Operators}. */
@NullMarked
package org.bitindex.graph.operator;

import org.jspecify.annotations.NullMarked;
