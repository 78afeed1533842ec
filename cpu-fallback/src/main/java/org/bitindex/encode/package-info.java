/** From dense weights to an encoded matrix. Start with {@link org.bitindex.encode.Recipe}. */
@NullMarked
package org.bitindex.encode;

import org.jspecify.annotations.NullMarked;
