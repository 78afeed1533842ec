/** Tensors as a network computes with them, and the loops over their elements. */
@NullMarked
package org.bitindex.graph.tensor;

import org.jspecify.annotations.NullMarked;
