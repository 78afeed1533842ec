/** ONNX's own tests of operators: folders of models with inputs and expected outputs. */
@NullMarked
package org.bitindex.graph.conformance;

import org.jspecify.annotations.NullMarked;
