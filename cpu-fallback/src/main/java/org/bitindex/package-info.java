/**
 * Weights stored and multiplied as bit positions. Start with {@link org.bitindex.BitIndexMatrix}
 * for one matrix, and with {@link org.bitindex.graph.Network} for a whole network.
 *
 * <p>Behind them stand parts that are public too: {@link org.bitindex.encode.Recipe} encodes,
 * {@link org.bitindex.backend.Backends} multiplies, {@link org.bitindex.io.DenseFile} and {@link
 * org.bitindex.io.ModelFile} read files.
 */
@NullMarked
package org.bitindex;

import org.jspecify.annotations.NullMarked;
