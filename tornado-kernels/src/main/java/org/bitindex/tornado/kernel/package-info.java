/** Device kernels: static methods on TornadoVM's arrays, plain Java where there is no device. */
@NullMarked
package org.bitindex.tornado.kernel;

import org.jspecify.annotations.NullMarked;
