/** The speed targets: our products and the peers' in one run, with the ratios asked for. */
@NullMarked
package org.bitindex.lab.speed;

import org.jspecify.annotations.NullMarked;
