/** Real networks judged by their tasks, with ONNX Runtime beside them. */
@NullMarked
package org.bitindex.lab.networks;

import org.jspecify.annotations.NullMarked;
