/** Better encoded weights without training: clipping, scales and rounding by least squares. */
@NullMarked
package org.bitindex.calibrate;

import org.jspecify.annotations.NullMarked;
