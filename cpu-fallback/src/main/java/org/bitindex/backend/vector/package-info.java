/**
 * Products with the Vector API. One source of kernels is loaded once for each vector width; plans
 * prepare weights for the batch sizes they meet.
 */
@NullMarked
package org.bitindex.backend.vector;

import org.jspecify.annotations.NullMarked;
