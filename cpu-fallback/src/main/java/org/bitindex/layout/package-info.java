/**
 * How the set bits of a plane are stored: flat, blocked and adaptive. Start with {@link
 * org.bitindex.layout.Layout}.
 */
@NullMarked
package org.bitindex.layout;

import org.jspecify.annotations.NullMarked;
