/**
 * Networks that run: ONNX graphs with dense or encoded weights. Start with {@link
 * org.bitindex.graph.Network}.
 */
@NullMarked
package org.bitindex.graph;

import org.jspecify.annotations.NullMarked;
