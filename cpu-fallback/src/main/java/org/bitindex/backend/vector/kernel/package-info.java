/** The loops: primitives and segments in, nothing allocated, one source loaded for each width. */
@NullMarked
package org.bitindex.backend.vector.kernel;

import org.jspecify.annotations.NullMarked;
