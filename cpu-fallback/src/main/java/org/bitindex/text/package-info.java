/**
 * Text to token ids in plain Java, as a {@code tokenizer.json} of Hugging Face describes it. Start
 * with {@link org.bitindex.text.Tokenizer}.
 */
@NullMarked
package org.bitindex.text;

import org.jspecify.annotations.NullMarked;
