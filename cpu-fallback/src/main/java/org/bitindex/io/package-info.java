/**
 * Files: dense weights in ({@link org.bitindex.io.DenseFile}), encoded models in and out ({@link
 * org.bitindex.io.ModelFile}, {@link org.bitindex.io.ModelWriter}).
 *
 * <p>Readers map files into memory and copy nothing. They trust no byte: bad ones give an {@link
 * org.bitindex.EncodedFormatException} whose message names the file, the tensor and the value.
 */
@NullMarked
package org.bitindex.io;

import org.jspecify.annotations.NullMarked;
