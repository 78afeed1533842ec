/** From dense weights to an encoded matrix. */
@NullMarked
package org.bitindex.encode;

import org.jspecify.annotations.NullMarked;
