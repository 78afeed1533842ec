/** The statistics of repeated measurements, on top of Hipparchus. */
@NullMarked
package org.bitindex.lab.statistics;

import org.jspecify.annotations.NullMarked;
