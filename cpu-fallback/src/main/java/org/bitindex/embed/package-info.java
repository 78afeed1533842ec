/**
 * Vectors of texts, of any BERT-like encoder with its {@code tokenizer.json}. Start with {@link
 * org.bitindex.embed.TextEmbedder}.
 */
@NullMarked
package org.bitindex.embed;

import org.jspecify.annotations.NullMarked;
