/** Prepared weights: the ways to multiply with a plane or a matrix, and the choice among them. */
@NullMarked
package org.bitindex.backend.vector.product;

import org.jspecify.annotations.NullMarked;
