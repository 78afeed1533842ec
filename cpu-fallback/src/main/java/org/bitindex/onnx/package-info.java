/**
 * The ONNX file format: its messages as records, read from a mapped file and written back. Start
 * with {@link org.bitindex.onnx.Model}.
 */
@NullMarked
package org.bitindex.onnx;

import org.jspecify.annotations.NullMarked;
