/** What commands print: figures, tables, JSON, progress. */
@NullMarked
package org.bitindex.cli.text;

import org.jspecify.annotations.NullMarked;
