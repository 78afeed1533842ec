/** Dense weights, and the encoded matrix. */
@NullMarked
package org.bitindex.matrix;

import org.jspecify.annotations.NullMarked;
