/** Kernels of the TornadoVM backend: bytecode that becomes OpenCL C or PTX. */
@NullMarked
package org.bitindex.tornado.kernel;

import org.jspecify.annotations.NullMarked;
