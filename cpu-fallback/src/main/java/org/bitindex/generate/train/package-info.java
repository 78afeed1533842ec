/** Training of decoders whose weights will be encoded. */
@NullMarked
package org.bitindex.generate.train;

import org.jspecify.annotations.NullMarked;
