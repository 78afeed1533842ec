/** The reference that every other backend equals to the bit. */
@NullMarked
package org.bitindex.backend.scalar;

import org.jspecify.annotations.NullMarked;
