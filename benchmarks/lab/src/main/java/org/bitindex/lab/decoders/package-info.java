/** Language models by other libraries, from the same weights: GGUF files, llama.cpp, Jlama. */
@NullMarked
package org.bitindex.lab.decoders;

import org.jspecify.annotations.NullMarked;
