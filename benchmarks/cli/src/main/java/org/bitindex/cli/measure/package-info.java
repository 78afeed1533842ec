/** Measuring a product: made-up work, a check against the reference, a watch, the machine. */
@NullMarked
package org.bitindex.cli.measure;

import org.jspecify.annotations.NullMarked;
