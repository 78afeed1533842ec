/** What runs task graphs on a device: its memory, graphs with their grids, launches and copies. */
@NullMarked
package org.bitindex.tornado.device;

import org.jspecify.annotations.NullMarked;
