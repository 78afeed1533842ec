/** Dense and sparse products on a device, to compare with. */
@NullMarked
package org.bitindex.tornado.baseline;

import org.jspecify.annotations.NullMarked;
