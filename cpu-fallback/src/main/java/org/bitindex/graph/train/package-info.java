/** Derivatives of networks. Start with {@link org.bitindex.graph.train.TrainedNetwork}. */
@NullMarked
package org.bitindex.graph.train;

import org.jspecify.annotations.NullMarked;
