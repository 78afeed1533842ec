/**
 * Dense weights, and the encoded matrix. Start with {@link org.bitindex.matrix.Weights} and {@link
 * org.bitindex.matrix.EncodedMatrix}.
 */
@NullMarked
package org.bitindex.matrix;

import org.jspecify.annotations.NullMarked;
