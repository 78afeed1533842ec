/** Inside the files: headers, ONNX's graph, sparse bitmasks. Not exported. */
@NullMarked
package org.bitindex.io.format;

import org.jspecify.annotations.NullMarked;
