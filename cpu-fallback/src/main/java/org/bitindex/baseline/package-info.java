/** What encodings are compared with: dense, quantised and sparse matrices. */
@NullMarked
package org.bitindex.baseline;

import org.jspecify.annotations.NullMarked;
