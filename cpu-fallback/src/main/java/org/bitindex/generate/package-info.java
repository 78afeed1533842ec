/**
 * Text from a language model, token by token: decoders of the Llama family and BitNet b1.58 whose
 * linear layers are encoded matrices. Start with {@link org.bitindex.generate.Decoder}.
 */
@NullMarked
package org.bitindex.generate;

import org.jspecify.annotations.NullMarked;
