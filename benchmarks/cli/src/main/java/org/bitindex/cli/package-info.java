/** The {@code bie} command line. */
@NullMarked
package org.bitindex.cli;

import org.jspecify.annotations.NullMarked;
