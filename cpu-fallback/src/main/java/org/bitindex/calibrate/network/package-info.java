/**
 * Calibration of the products of a network for the inputs that they get in it. Start with {@link
 * org.bitindex.calibrate.network.NetworkCalibration}.
 */
@NullMarked
package org.bitindex.calibrate.network;

import org.jspecify.annotations.NullMarked;
