/** How real weights become bit planes. */
@NullMarked
package org.bitindex.code;

import org.jspecify.annotations.NullMarked;
