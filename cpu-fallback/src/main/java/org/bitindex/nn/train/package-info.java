/**
 * Training of small networks, with encoded weights in the forward pass. Start with {@link
 * org.bitindex.nn.train.Trainer}.
 */
@NullMarked
package org.bitindex.nn.train;

import org.jspecify.annotations.NullMarked;
