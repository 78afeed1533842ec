/** Small networks of encoded layers. Start with {@link org.bitindex.nn.Sequential}. */
@NullMarked
package org.bitindex.nn;

import org.jspecify.annotations.NullMarked;
