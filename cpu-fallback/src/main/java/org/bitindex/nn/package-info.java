/** Batch inference with networks of encoded layers. */
@NullMarked
package org.bitindex.nn;

import org.jspecify.annotations.NullMarked;
