/** The statistics of repeated measurements, on top of Hipparchus. */
@NullMarked
package org.bitindex.benchmarks.statistics;

import org.jspecify.annotations.NullMarked;
