/** Writes the results of an evaluation: Markdown, one HTML page, plots, CSV and JSON. */
@NullMarked
package org.bitindex.lab.report;

import org.jspecify.annotations.NullMarked;
