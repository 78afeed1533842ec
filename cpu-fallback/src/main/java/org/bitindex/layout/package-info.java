/** How the set bits of a plane are stored: flat, blocked and adaptive. */
@NullMarked
package org.bitindex.layout;

import org.jspecify.annotations.NullMarked;
