/** Training of small networks, with encoded weights in the forward pass. */
@NullMarked
package org.bitindex.nn.train;

import org.jspecify.annotations.NullMarked;
