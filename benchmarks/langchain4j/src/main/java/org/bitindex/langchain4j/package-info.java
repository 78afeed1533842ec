/** Embeddings for LangChain4j. Start with {@link org.bitindex.langchain4j.BieEmbeddingModel}. */
@NullMarked
package org.bitindex.langchain4j;

import org.jspecify.annotations.NullMarked;
