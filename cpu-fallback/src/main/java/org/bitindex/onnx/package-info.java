/** The ONNX file format: its messages as records, read from a mapped file and written back. */
@NullMarked
package org.bitindex.onnx;

import org.jspecify.annotations.NullMarked;
