/** The laboratory's commands, which join the command line. */
@NullMarked
package org.bitindex.lab;

import org.jspecify.annotations.NullMarked;
