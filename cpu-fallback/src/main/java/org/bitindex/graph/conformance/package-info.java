/**
 * ONNX's own tests of operators: folders of models with inputs and expected outputs. Start with
 * {@link org.bitindex.graph.conformance.Conformance}.
 */
@NullMarked
package org.bitindex.graph.conformance;

import org.jspecify.annotations.NullMarked;
