/** Calibration of the products of a network for the inputs that they get in it. */
@NullMarked
package org.bitindex.calibrate.network;

import org.jspecify.annotations.NullMarked;
