/**
 * Tensors as a network computes with them, and the loops over their elements. Start with {@link
 * org.bitindex.graph.tensor.Tensor}.
 */
@NullMarked
package org.bitindex.graph.tensor;

import org.jspecify.annotations.NullMarked;
