/**
 * Training of decoders whose weights will be encoded. Start with {@link
 * org.bitindex.generate.train.Distillation}.
 */
@NullMarked
package org.bitindex.generate.train;

import org.jspecify.annotations.NullMarked;
