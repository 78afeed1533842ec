/**
 * Better encoded weights without training: clipping, scales and rounding by least squares. Most
 * users need {@link org.bitindex.calibrate.GramMatrix} only.
 */
@NullMarked
package org.bitindex.calibrate;

import org.jspecify.annotations.NullMarked;
