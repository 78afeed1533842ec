/** The same products on every device of every backend. */
@NullMarked
package org.bitindex.cli.devices;

import org.jspecify.annotations.NullMarked;
