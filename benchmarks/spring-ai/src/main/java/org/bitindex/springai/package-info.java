/** Embeddings for Spring AI. Start with {@link org.bitindex.springai.BieEmbeddingModel}. */
@NullMarked
package org.bitindex.springai;

import org.jspecify.annotations.NullMarked;
