/** The TornadoVM backend: products on OpenCL and PTX devices. */
@NullMarked
package org.bitindex.tornado;

import org.jspecify.annotations.NullMarked;
