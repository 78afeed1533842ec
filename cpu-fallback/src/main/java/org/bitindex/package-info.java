/** Weights stored and multiplied as bit positions. */
@NullMarked
package org.bitindex;

import org.jspecify.annotations.NullMarked;
