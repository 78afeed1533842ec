/**
 * Advice on one matrix: what each format would take, what it would lose and how fast it would
 * multiply here, predicted from a short calibration, and whether encoding pays at all.
 */
@NullMarked
package org.bitindex.cli.advise;

import org.jspecify.annotations.NullMarked;
