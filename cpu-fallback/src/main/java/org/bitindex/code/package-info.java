/** How real weights become bit planes. Start with {@link org.bitindex.code.Code}. */
@NullMarked
package org.bitindex.code;

import org.jspecify.annotations.NullMarked;
