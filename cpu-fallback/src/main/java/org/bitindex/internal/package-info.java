/** Not for users. */
@NullMarked
package org.bitindex.internal;

import org.jspecify.annotations.NullMarked;
