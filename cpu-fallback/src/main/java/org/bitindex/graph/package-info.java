/** Networks that run: ONNX graphs with dense or encoded weights. */
@NullMarked
package org.bitindex.graph;

import org.jspecify.annotations.NullMarked;
