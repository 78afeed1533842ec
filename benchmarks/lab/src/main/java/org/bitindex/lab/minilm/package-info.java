/** all-MiniLM-L6-v2 judged: agreement with the dense model, speed, and ONNX Runtime beside it. */
@NullMarked
package org.bitindex.lab.minilm;

import org.jspecify.annotations.NullMarked;
