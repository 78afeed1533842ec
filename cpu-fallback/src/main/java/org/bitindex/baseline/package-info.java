/**
 * What encodings are compared with: dense, quantised and sparse matrices. Start with {@link
 * org.bitindex.baseline.Baseline}.
 */
@NullMarked
package org.bitindex.baseline;

import org.jspecify.annotations.NullMarked;
